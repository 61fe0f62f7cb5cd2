import type { IncomingMessage, Server } from 'node:http';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { CORRELATION_HEADER, correlationIdFrom, type Trace, withTrace } from '../correlation.ts';
import { log } from '../log.ts';
import { GRAPHQL_PATH, mask, yoga } from './api.ts';
import { isOwnOrigin } from './hosts.ts';

/** The functions of Yoga's pipeline that belong to one operation travel to `execute` and `subscribe` in its arguments. */
type Enveloped = ReturnType<typeof yoga.getEnveloped>;
type Operation = { enveloped: Enveloped; trace: Trace };
const operationOf = (args: ExecutionArgs) => (args as ExecutionArgs & { rootValue: Operation }).rootValue;

/** No message of ours is longer; a client sends documents and variables. */
const MAX_FRAME_BYTES = 256 * 1024;
/** For the answer to our goodbye. A peer that is deaf would otherwise keep the process for half a minute. */
const GOODBYE_MS = 1000;

/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as over HTTP: context, masking, plugins. */
export function serveSockets(server: Server, isForUs: (req: IncomingMessage) => boolean) {
  const sockets = new WebSocketServer({
    server,
    path: GRAPHQL_PATH,
    maxPayload: MAX_FRAME_BYTES,
    verifyClient({ req }, answer) {
      if (!isForUs(req)) return answer(false, 421);
      answer(isOwnOrigin(req), 403);
    },
  });
  // A socket that breaks is its client's to reopen; without a listener it would be ours to crash.
  sockets.on('connection', (socket) => socket.on('error', (error) => log.debug({ error }, 'A socket broke')));

  const disposable = useServer(
    {
      isProd: true,
      execute(args) {
        const { enveloped, trace } = operationOf(args);
        return withTrace(trace, () => enveloped.execute(args));
      },
      async subscribe(args) {
        const { enveloped, trace } = operationOf(args);
        const result: unknown = await withTrace(trace, () => enveloped.subscribe(args));
        return isAsyncIterable<ExecutionResult>(result) ? traced(result, trace) : (result as ExecutionResult);
      },
      async onSubscribe({ extra, connectionParams }, _id, { operationName, query, variables }) {
        const given = connectionParams?.correlationId ?? extra.request.headers[CORRELATION_HEADER];
        const trace = { correlationId: correlationIdFrom(given) };
        return withTrace(trace, async () => {
          const enveloped = yoga.getEnveloped({
            ...extra,
            req: extra.request,
            params: { operationName, query, variables },
          });
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
          const rootValue: Operation = { enveloped, trace };
          return { schema, document, operationName, variableValues: variables, contextValue, rootValue };
        });
      },
    },
    sockets,
  );
  // The library prints the listener's errors, once, and lets the second one crash; they are logged where it listens.
  sockets.removeAllListeners('error').on('error', () => {});
  return {
    async close() {
      const cutOff = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, GOODBYE_MS);
      await disposable.dispose();
      clearTimeout(cutOff);
    },
  };
}

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
