import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { createYoga, isAsyncIterable, maskError, type Plugin } from 'graphql-yoga';
import { refusalOf, unauthenticated } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import { endSessionOf } from '../auth/sessions.ts';
import type { Context } from '../builder.ts';
import { currentCorrelationId } from '../correlation.ts';
import { costOf } from '../cost.ts';
import { schema } from '../graphql.ts';
import { log } from '../log.ts';
import { onlyAcceptable } from './acceptable.ts';
import { keepSession, sessionSecretOf } from './authenticate.ts';
import { clientOf } from './client-address.ts';
import { withoutValues } from './coercion-errors.ts';
import { onlyOurContentTypes } from './content-types.ts';
import { LIMITS, tooMuch } from './document-limits.ts';
import { limitedDocuments } from './documents.ts';
import { withFewErrors, withoutSuggestions } from './few-errors.ts';
import { freshContextPerEvent } from './fresh-context.ts';
import { multipart } from './multipart.ts';
import { outageError, outageOf } from './outage.ts';
import { asksForPlayground, servePlayground } from './playground.ts';
import { GRAPHQL_PATH } from './refuse.ts';
import { keepStream } from './socket-access.ts';

const MASK = 'Something went wrong. The server log says what, under this correlation id.';
/** Messages about a document or its variables repeat them, however long they are. */
const MAX_MESSAGE_CHARACTERS = 500;

/** GraphQL wraps what a resolver throws, to say where. */
function innermost(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || error.originalError == null) return error;
  return innermost(error.originalError);
}

/**
 * What was meant for the caller goes out as it is. An outage of the database is told as one. Anything else is a bug: logged, and masked. Always a new
 * error: Yoga keeps those of a document's validation for the next who asks, who has another correlation id.
 */
export function mask(error: unknown, message = MASK): GraphQLError {
  const cause = innermost(error);
  const outage = outageOf(cause);
  if (outage) log.warn({ error: cause, code: outage.code }, 'An operation was refused');
  else if (!(cause instanceof GraphQLError)) log.error({ error: cause }, 'An operation failed');
  const masked = maskError(error, message) as GraphQLError;
  const { originalError: _, http, ...given } = masked.extensions;
  const { nodes, source, positions, path } = masked;
  const extensions = { ...given, correlationId: currentCorrelationId() };
  // For Yoga, which makes a response of it. JSON leaves it out: over a socket there is none. What is wrong in a document is answered
  // with 200 where the client accepts JSON alone (`spec`), as the specification has it; what is too much is no such mistake.
  if (http != null)
    Object.defineProperty(extensions, 'http', { value: 'limit' in given ? { ...http, spec: false } : http });
  const options = { nodes, source, positions, path, extensions };
  if (outage) return outageError(outage, options);
  const text = withoutValues(masked.message);
  return new GraphQLError(
    text.length <= MAX_MESSAGE_CHARACTERS ? text : `${text.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`,
    options,
  );
}

/**
 * Yoga masks what a parse, an execution or a context throws; mistakes that a validation finds it only hands on. They say what the
 * schema has and what it has not, so who is nobody gets one answer, whether the document is a mistake or is not for them.
 */
const maskedMistakes: Plugin<{ principal: Principal }> = {
  onValidate:
    ({ context }) =>
    ({ valid, result, setResult }) => {
      if (valid) return;
      const isAnonymous = context.principal.kind === 'anonymous';
      setResult((isAnonymous ? [unauthenticated()] : result).map((error) => mask(error)));
    },
};

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

/** Who asks is known before the operation is; that they may run it is seen to here, before any of it runs, and that it is not too much. */
function refusalOfOperation({ schema, document, contextValue, variableValues }: ExecutionArgs) {
  const refusal = refusalOf(schema, document, (contextValue as Context).principal);
  if (refusal) return refusal;
  try {
    const cost = costOf(schema, document, variableValues);
    if (cost > LIMITS.cost) return tooMuch('cost', cost);
  } catch (error) {
    // The variables are not what they have to be.
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

const guarded: Plugin<Context & { res?: ServerResponse }> = {
  onExecute: ({ args, setResultAndStopExecution }) => {
    const refusal = refusalOfOperation(args);
    if (refusal) setResultAndStopExecution({ errors: [mask(refusal)] });
  },
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    const refusal = refusalOfOperation(args);
    if (refusal) return setResultAndStopExecution({ errors: [mask(refusal)] });
    // A response that goes on for as long as events come. Sockets are watched as a whole.
    const { res, principal } = args.contextValue;
    if (res) keepStream(res, principal);
  },
};

/** The events of subscriptions are executed by functions of ours, which see to the same (shared-results.ts). */
const fewErrors: Plugin<Context> = {
  onExecute: ({ args }) => ({
    onExecuteDone({ result, setResult }) {
      if (isAsyncIterable(result)) return;
      const few = withFewErrors(result);
      setResult(args.contextValue.principal.kind === 'anonymous' ? withoutSuggestions(few) : few);
    },
  }),
};

/** A WebSocket's operations have no `res`: mutations, which alone need one, come by HTTP. */
type ServerContext = { req: IncomingMessage; res?: ServerResponse; principal: Principal };

export const yoga = createYoga<ServerContext, Context>({
  schema,
  graphqlEndpoint: GRAPHQL_PATH,
  landingPage: false,
  logging: false,
  cors: false,
  batching: false,
  // Documents are kept within limits, of what was refused nothing is (documents.ts).
  parserAndValidationCache: false,
  // Both kinds of body are bounded where they are read (content-types.ts, multipart.ts).
  maxRequestBodySize: false,
  maskedErrors: { maskError: mask, errorMessage: MASK },
  context: ({ req, res, principal }): Context => ({
    correlationId: currentCorrelationId(),
    principal,
    client: clientOf(req),
    keepSession: res && ((secret) => keepSession(res, secret)),
    async endSession() {
      const secret = sessionSecretOf(req);
      if (secret !== undefined) await endSessionOf(secret);
    },
  }),
  plugins: [
    onlyOurContentTypes(),
    multipart(),
    onlyAcceptable,
    limitedDocuments,
    freshContextPerEvent(),
    fewErrors,
    guarded,
    maskedMistakes,
    logging,
  ],
  // Answered before it comes here (playground.ts).
  graphiql: false,
});

/** The playground is for who is signed in, as all that it shows. */
export function serveApi(req: IncomingMessage, res: ServerResponse, principal: Principal) {
  if (!asksForPlayground(req)) return yoga(req, res, { principal });
  if (principal.kind !== 'anonymous') return servePlayground(res);
  res.writeHead(302, { Location: `/sign-in?next=${GRAPHQL_PATH}`, 'Cache-Control': 'no-store' }).end();
}
