import type { Server } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { CORRELATION_HEADER, correlationIdFrom, withTrace } from '../correlation.ts';
import { log } from '../log.ts';
import { GRAPHQL_PATH, yoga } from './api.ts';

/** The functions of Yoga's pipeline that belong to one operation travel to `execute` and `subscribe` in its arguments. */
type Enveloped = ReturnType<typeof yoga.getEnveloped>;
type EnvelopedArgs = ExecutionArgs & { rootValue: { enveloped: Enveloped } };

/** No message of ours is longer; a client sends documents and variables. */
const MAX_FRAME_BYTES = 256 * 1024;

/** GraphQL over WebSocket (graphql-transport-ws), through the same pipeline as over HTTP: context, masking, plugins. */
export function serveSockets(server: Server) {
  const sockets = new WebSocketServer({ server, path: GRAPHQL_PATH, maxPayload: MAX_FRAME_BYTES });
  // A socket that breaks is its client's to reopen; without a listener it would be ours to crash.
  sockets.on('connection', (socket) => socket.on('error', (error) => log.debug({ error }, 'A socket broke')));

  const disposable = useServer(
    {
      execute: (args) => (args as EnvelopedArgs).rootValue.enveloped.execute(args),
      subscribe: (args) => (args as EnvelopedArgs).rootValue.enveloped.subscribe(args),
      async onSubscribe({ extra, connectionParams }, _id, { operationName, query, variables }) {
        const given = connectionParams?.correlationId ?? extra.request.headers[CORRELATION_HEADER];
        return withTrace({ correlationId: correlationIdFrom(given) }, async () => {
          const enveloped = yoga.getEnveloped({
            ...extra,
            req: extra.request,
            params: { operationName, query, variables },
          });
          let document: ExecutionArgs['document'];
          try {
            document = enveloped.parse(query);
          } catch (error) {
            return [error as never];
          }
          const errors = enveloped.validate(enveloped.schema, document);
          if (errors.length > 0) return errors;
          const contextValue = await enveloped.contextFactory();
          const { schema } = enveloped;
          return {
            schema,
            document,
            operationName,
            variableValues: variables,
            contextValue,
            rootValue: { enveloped },
          };
        });
      },
    },
    sockets,
  );
  return {
    async close() {
      await disposable.dispose();
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}
