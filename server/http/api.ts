import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError } from 'graphql';
import { createYoga, isAsyncIterable, maskError, type Plugin } from 'graphql-yoga';
import type { Context } from '../builder.ts';
import { currentCorrelationId } from '../correlation.ts';
import { schema } from '../graphql.ts';
import { log } from '../log.ts';
import { onlyOurContentTypes } from './content-types.ts';
import { EXAMPLE_TABS } from './examples.ts';
import { freshContextPerEvent } from './fresh-context.ts';
import { multipart } from './multipart.ts';

export const GRAPHQL_PATH = '/graphql';

/** What was meant for the caller goes out as it is. Anything else is a bug or an outage: logged, and masked. */
function mask(error: unknown, message: string): Error {
  const correlationId = currentCorrelationId();
  const isMeant =
    error instanceof GraphQLError &&
    (error.originalError == null || error.originalError instanceof GraphQLError);
  if (!isMeant) log.error({ error }, 'An operation failed');
  const masked = maskError(error, message);
  const { extensions } = masked as GraphQLError;
  Object.assign(extensions ?? {}, { correlationId });
  return masked;
}

/** The operation's name in the log, its variables never: they are people's words. */
const logging: Plugin = {
  onExecute({ args }) {
    const startedAt = performance.now();
    return {
      onExecuteDone({ result }) {
        if (isAsyncIterable(result)) return;
        const ms = Math.round(performance.now() - startedAt);
        log.debug(
          { operation: args.operationName, ms, errors: result.errors?.length ?? 0 },
          'Operation executed',
        );
      },
    };
  },
};

export const yoga = createYoga<{ req: IncomingMessage; res: ServerResponse }, Context>({
  schema,
  graphqlEndpoint: GRAPHQL_PATH,
  landingPage: false,
  logging: false,
  cors: false,
  batching: false,
  // Uploads are larger and bounded by their own rules (multipart.ts).
  maxRequestBodySize: false,
  maskedErrors: {
    maskError: mask,
    errorMessage: 'Something went wrong. The server log says what, under this correlation id.',
  },
  context: (): Context => ({ correlationId: currentCorrelationId() }),
  plugins: [onlyOurContentTypes(), multipart(), freshContextPerEvent(), logging],
  renderGraphiQL,
  graphiql: {
    title: 'Isengard playground',
    subscriptionsProtocol: 'WS',
    defaultTabs: EXAMPLE_TABS,
  },
});
