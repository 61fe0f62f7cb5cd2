import type { Server } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { ANONYMOUS, userOf } from '../auth/principal.ts';
import { CORRELATION_HEADER, correlationIdFrom, type Trace, withTrace } from '../correlation.ts';
import { env } from '../env.ts';
import { mask, yoga } from './api.ts';
import { BadKey, ofKey } from './authenticate.ts';
import { addressOf } from './client-address.ts';
import { closeSoon, type Extra, MAX_OPERATIONS, openConnection } from './connection.ts';
import { nextFrame } from './frames.ts';
import type { Writer } from './fresh-context.ts';
import type { Addresses } from './hosts.ts';
import type { Patience } from './patience.ts';
import { countPrincipal, TooManyRequests } from './rate-limits.ts';
import { bodyOf, GRAPHQL_PATH, rateLimited } from './refuse.ts';
import { keepAccess, watchAccess } from './socket-access.ts';
import { socketGate } from './socket-gate.ts';

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

const tooManyRequests = (error: TooManyRequests) => {
  const { message, ...refusal } = bodyOf(rateLimited(error));
  return new GraphQLError(message, { extensions: refusal });
};

/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as over HTTP: context, masking, plugins. */
const options: ServerOptions<Record<string, unknown>, Extra> = {
  execute(args) {
    const { enveloped, trace } = operationOf(args);
    return withTrace(trace, () => enveloped.execute(args));
  },
  async subscribe(args) {
    const { enveloped, trace } = operationOf(args);
    const result: unknown = await withTrace(trace, () => enveloped.subscribe(args));
    return isAsyncIterable<ExecutionResult>(result) ? traced(result, trace) : (result as ExecutionResult);
  },
  /** A program may say who it is here: browsers can set no header of a socket. False closes it with 4403. */
  async onConnect({ extra, connectionParams }) {
    const { authorization } = connectionParams ?? {};
    if (env.ISENGARD_AUTH === 'on' && typeof authorization === 'string') {
      const principal = await ofKey(authorization, addressOf(extra.request)).catch((error: unknown) => {
        if (error instanceof BadKey || error instanceof TooManyRequests) return ANONYMOUS;
        throw error;
      });
      extra.principal = principal;
    }
    if (extra.principal.kind === 'anonymous') return false;
    keepAccess(extra.socket, extra.principal);
  },
  async onSubscribe({ extra, connectionParams, subscriptions }, id, { operationName, query, variables }) {
    const { request, send, principal } = extra;
    const given = connectionParams?.correlationId ?? request.headers[CORRELATION_HEADER];
    const userId = userOf(principal)?.id;
    const trace = { correlationId: correlationIdFrom(given), ...(userId !== undefined && { userId }) };
    return withTrace(trace, async () => {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [mask(tooManyOperations())];
      try {
        await countPrincipal('api', principal, addressOf(request));
      } catch (error) {
        if (error instanceof TooManyRequests) return [mask(tooManyRequests(error))];
        throw error;
      }
      const params = { operationName, query, variables };
      const enveloped = yoga.getEnveloped({ req: request, principal, params });
      let document: ExecutionArgs['document'];
      try {
        document = enveloped.parse(query);
      } catch (error) {
        return [mask(error)];
      }
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return errors.map((error: unknown) => mask(error));
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
};

/** Results that many share; a mistake is told to each with a correlation id of its own. */
const masked = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined
    ? result
    : { ...result, errors: result.errors.map((error: unknown) => mask(error)) };

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

export function serveSockets(server: Server, addresses: Addresses, { initMs }: Patience) {
  const protocol = makeServer({ ...options, connectionInitWaitTimeout: initMs });
  const gate = socketGate(addresses, () => sockets.clients.size);
  const sockets = new WebSocketServer({
    server,
    path: GRAPHQL_PATH,
    handleProtocols,
    maxPayload: MAX_FRAME_BYTES,
    verifyClient: gate.verifyClient,
  });
  const stopWatching = watchAccess();
  sockets.on('connection', (socket, request) =>
    openConnection(protocol, socket, { request, principal: gate.principalOf(request) }),
  );
  // Errors of the listener, which are logged where it listens.
  sockets.on('error', () => {});
  return {
    async close() {
      const closed = new Promise((resolve) => sockets.close(resolve));
      for (const socket of sockets.clients) closeSoon(socket, 1001, 'Going away');
      await closed;
      stopWatching();
    },
  };
}
