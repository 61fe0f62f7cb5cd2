import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CORRELATION_HEADER, correlationIdFrom, withTrace } from '../correlation.ts';
import { log } from '../log.ts';
import { GRAPHQL_PATH, yoga } from './api.ts';
import { serveClient } from './client.ts';
import { serveFile } from './files.ts';
import { serveSockets } from './sockets.ts';

const pathOf = (req: IncomingMessage) => (req.url ?? '/').split('?', 1)[0] ?? '/';

async function route(req: IncomingMessage, res: ServerResponse) {
  const path = pathOf(req);
  if (path === GRAPHQL_PATH) return yoga(req, res);
  if (path.startsWith('/files/')) return serveFile(req, res);
  return serveClient(req, res);
}

function handle(req: IncomingMessage, res: ServerResponse) {
  const correlationId = correlationIdFrom(req.headers[CORRELATION_HEADER]);
  const startedAt = performance.now();
  res.setHeader('X-Correlation-ID', correlationId);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  withTrace({ correlationId }, async () => {
    res.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ method: req.method, path: pathOf(req), status: res.statusCode, ms }, 'Request answered');
    });
    try {
      await route(req, res);
    } catch (error) {
      log.error({ error, path: pathOf(req) }, 'A request failed');
      if (res.headersSent) res.destroy();
      else
        res
          .writeHead(500, { 'Content-Type': 'application/json' })
          .end(JSON.stringify({ error: 'INTERNAL', correlationId }));
    }
  });
}

export type Listener = { url: string; close: () => Promise<void> };

/** Serves the API, its subscriptions, files and the client. Port 0 takes a free one. */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listener> {
  const server = createServer({ requestTimeout: 0 }, handle);
  const sockets = serveSockets(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host === '127.0.0.1' || host === '::1' ? 'localhost' : host}:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await sockets.close();
      server.closeIdleConnections();
      // Requests under way get a moment; who is not done then is cut off.
      const cutOff = setTimeout(() => server.closeAllConnections(), 5000);
      await closed;
      clearTimeout(cutOff);
    },
  };
}
