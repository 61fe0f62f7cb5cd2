import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CORRELATION_HEADER, correlationIdFrom, withTrace } from '../correlation.ts';
import { log } from '../log.ts';
import { GRAPHQL_PATH, yoga } from './api.ts';
import { serveClient } from './client.ts';
import { serveFile } from './files.ts';
import { isHealthPath, serveHealth } from './health.ts';
import { answersTo } from './hosts.ts';
import { answerOutage, outageOf } from './outage.ts';
import { pathOf } from './path.ts';
import { serveSockets } from './sockets.ts';

async function route(req: IncomingMessage, res: ServerResponse) {
  const path = pathOf(req);
  if (path === null)
    return refuse(res, 400, 'BAD_REQUEST', 'The target of a request is a path, and starts with a slash.');
  if (path === GRAPHQL_PATH) return yoga(req, res);
  if (path.startsWith('/files/')) return serveFile(req, res);
  if (isHealthPath(path)) return serveHealth(path, req, res);
  return serveClient(req, res);
}

function refuse(res: ServerResponse, status: 400 | 421, code: string, message: string) {
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' });
  res.end(JSON.stringify({ error: { code, message } }));
}

function handle(req: IncomingMessage, res: ServerResponse, isForUs: (req: IncomingMessage) => boolean) {
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
      if (isForUs(req)) await route(req, res);
      else refuse(res, 421, 'MISDIRECTED_REQUEST', NOT_FOR_US);
    } catch (error) {
      const outage = outageOf(error);
      if (outage) log.warn({ error, path: pathOf(req), code: outage.code }, 'A request was refused');
      else log.error({ error, path: pathOf(req) }, 'A request failed');
      if (res.headersSent) res.destroy();
      else if (outage) answerOutage(res, outage);
      else
        res
          .writeHead(500, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
          .end(JSON.stringify({ error: 'INTERNAL', correlationId }));
    }
  });
}

const NOT_FOR_US =
  'This server answers only as localhost. To be reached under other names, it listens on HOST=0.0.0.0.';

export type Listener = { url: string; close: () => Promise<void> };

/** Serves the API, its subscriptions, files and the client. Port 0 takes a free one. */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listener> {
  const isForUs = answersTo(host);
  const server = createServer({ requestTimeout: 0 }, (req, res) => handle(req, res, isForUs));
  const sockets = serveSockets(server, isForUs);
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise;
  server.off('error', listening.reject);
  // Of accepting connections, such as with too many open files: the next one may work again.
  server.on('error', (error) => log.error({ error }, 'The listener reports an error'));
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
