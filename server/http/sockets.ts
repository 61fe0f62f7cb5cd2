import type { IncomingMessage, Server } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { CORRELATION_HEADER, correlationIdFrom, type Trace, withTrace } from '../correlation.ts';
import { GRAPHQL_PATH, mask, yoga } from './api.ts';
import { closeSoon, type Extra, MAX_OPERATIONS, openConnection } from './connection.ts';
import { nextFrame } from './frames.ts';
import type { Writer } from './fresh-context.ts';
import { isOwnOrigin } from './hosts.ts';

/** The functions of Yoga's pipeline that belong to one operation travel to `execute` and `subscribe` in its arguments. */
type Enveloped = ReturnType<typeof yoga.getEnveloped>;
type Operation = Writer & { enveloped: Enveloped; trace: Trace };
const operationOf = (args: ExecutionArgs) => (args as ExecutionArgs & { rootValue: Operation }).rootValue;

/** No message of ours is longer; a client sends documents and variables. */
const MAX_FRAME_BYTES = 256 * 1024;
const tooManyOperations = () =>
  new GraphQLError(`One socket has at most ${MAX_OPERATIONS} operations at a time.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS', limit: MAX_OPERATIONS },
  });

/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as over HTTP: context, masking, plugins. */
const protocol = makeServer<Record<string, unknown>, Extra>({
  execute(args) {
    const { enveloped, trace } = operationOf(args);
    return withTrace(trace, () => enveloped.execute(args));
  },
  async subscribe(args) {
    const { enveloped, trace } = operationOf(args);
    const result: unknown = await withTrace(trace, () => enveloped.subscribe(args));
    return isAsyncIterable<ExecutionResult>(result) ? traced(result, trace) : (result as ExecutionResult);
  },
  async onSubscribe({ extra, connectionParams, subscriptions }, id, { operationName, query, variables }) {
    const { request, send } = extra;
    const given = connectionParams?.correlationId ?? request.headers[CORRELATION_HEADER];
    const trace = { correlationId: correlationIdFrom(given) };
    return withTrace(trace, async () => {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [mask(tooManyOperations())];
      const params = { operationName, query, variables };
      const enveloped = yoga.getEnveloped({ ...extra, req: request, params });
      let document: ExecutionArgs['document'];
      try {
        document = enveloped.parse(query);
      } catch (error) {
        return [mask(error)];
      }
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors;
      const contextValue = await enveloped.contextFactory();
      const { schema } = enveloped;
      const rootValue: Operation = {
        enveloped,
        trace,
        write: (result) => send(nextFrame(id, masked(result))),
      };
      return { schema, document, operationName, variableValues: variables, contextValue, rootValue };
    });
  },
});

/** Results that many share; a mistake is told to each with a correlation id of its own. */
const masked = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map((error) => mask(error)) };

/** A generator runs in the context of whoever asks it for the next value, which is the library. */
function traced<Value>(values: AsyncIterable<Value>, trace: Trace): AsyncGenerator<Value, void> {
  const iterator = values[Symbol.asyncIterator]();
  async function end() {
    await withTrace(trace, () => iterator.return?.());
    return { done: true as const, value: undefined };
  }
  return {
    next: () => withTrace(trace, () => iterator.next()),
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

export function serveSockets(server: Server, isForUs: (req: IncomingMessage) => boolean) {
  const sockets = new WebSocketServer({
    server,
    path: GRAPHQL_PATH,
    handleProtocols,
    maxPayload: MAX_FRAME_BYTES,
    verifyClient({ req }, answer) {
      if (!isForUs(req)) return answer(false, 421);
      answer(isOwnOrigin(req), 403);
    },
  });
  sockets.on('connection', (socket, request) => openConnection(protocol, socket, request));
  // Errors of the listener, which are logged where it listens.
  sockets.on('error', () => {});
  return {
    async close() {
      const closed = new Promise((resolve) => sockets.close(resolve));
      for (const socket of sockets.clients) closeSoon(socket, 1001, 'Going away');
      await closed;
    },
  };
}
