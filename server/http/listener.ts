import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allows } from '../auth/guard.ts';
import { ANONYMOUS, type Principal, userOf } from '../auth/principal.ts';
import { CORRELATION_HEADER, correlationIdFrom, currentCorrelationId, withTrace } from '../correlation.ts';
import { log } from '../log.ts';
import { serveApi } from './api.ts';
import { authenticate, BadKey } from './authenticate.ts';
import { boundBody } from './body.ts';
import { serveClient } from './client.ts';
import { addressOf } from './client-address.ts';
import { createHttpServer } from './connections.ts';
import { allowListedOrigin, answerPreflight, isPreflight } from './cors.ts';
import { admitsByLink, serveFile } from './files.ts';
import { isHealthPath, serveHealth } from './health.ts';
import { type Addresses, addressesOf, isListed } from './hosts.ts';
import { answerOutage, outageOf } from './outage.ts';
import { pathOf } from './path.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { type Budget, countAddress, countPrincipal, TooManyRequests } from './rate-limits.ts';
import {
  BAD_KEY,
  BAD_LINK,
  BUG,
  FORBIDDEN,
  FOREIGN_ORIGIN,
  GRAPHQL_PATH,
  MISDIRECTED,
  type Refusal,
  rateLimited,
  refuse,
  UNAUTHENTICATED,
} from './refuse.ts';
import { serveSockets } from './sockets.ts';

/** What a path is for, who may ask for it, and who answers. A path that is none of the others is one of the client's pages. */
export type Route = {
  name: string;
  matches(path: string): boolean;
  /** `operation`: each GraphQL field states its own. */
  guard: 'public' | 'read' | 'operation';
  /** What it is counted with; null when it is not, because whoever watches over us asks. */
  budget: Budget | null;
  /** Whether what is in the address itself admits to it, without an account; undefined when nothing is. */
  admits?(req: IncomingMessage): Promise<boolean | undefined>;
  serve(req: IncomingMessage, res: ServerResponse, principal: Principal): unknown;
};

export const ROUTES: readonly Route[] = [
  { name: 'health', matches: isHealthPath, guard: 'public', budget: null, serve: serveHealth },
  {
    name: 'API',
    matches: (path) => path === GRAPHQL_PATH,
    guard: 'operation',
    budget: 'api',
    serve: serveApi,
  },
  {
    name: 'files',
    matches: (path) => path.startsWith('/files/'),
    guard: 'read',
    budget: 'files',
    admits: admitsByLink,
    serve: serveFile,
  },
  { name: 'client', matches: () => true, guard: 'public', budget: 'files', serve: serveClient },
];

async function route(req: IncomingMessage, res: ServerResponse, addresses: Addresses) {
  if (!addresses.isForUs(req)) return refuse(req, res, MISDIRECTED);
  const path = pathOf(req);
  if (path === null) return refuse(req, res, NO_PATH);
  const { guard, budget, admits, serve } = ROUTES.find(({ matches }) => matches(path)) as Route;
  const address = addressOf(req);
  if (budget) await countAddress(budget, address);
  if (guard === 'public') return serve(req, res, ANONYMOUS);
  if (!addresses.isFromFriends(req) && !isNavigation(req)) return refuse(req, res, FOREIGN_ORIGIN);
  allowListedOrigin(req, res);
  // It carries no proof of who asks, so it comes before that.
  if (isPreflight(req) && isListed(req.headers.origin)) return answerPreflight(res);
  const isAdmitted = await admits?.(req);
  if (isAdmitted === false) return refuse(req, res, BAD_LINK);
  if (isAdmitted) return serve(req, res, ANONYMOUS);
  const principal = await authenticate(req);
  if (budget) await countPrincipal(budget, principal, address);
  if (guard === 'read' && !allows(principal, 'read'))
    return refuse(req, res, principal.kind === 'anonymous' ? UNAUTHENTICATED : FORBIDDEN);
  const userId = userOf(principal)?.id;
  const trace = { correlationId: currentCorrelationId(), ...(userId !== undefined && { userId }) };
  return withTrace(trace, () => serve(req, res, principal));
}

/** Somebody follows a link to us, which reads nothing and changes nothing for the page that the link is on. */
const isNavigation = ({ method, headers }: IncomingMessage) =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';

function handle(req: IncomingMessage, res: ServerResponse, addresses: Addresses) {
  const correlationId = correlationIdFrom(req.headers[CORRELATION_HEADER]);
  const startedAt = performance.now();
  res.setHeader('X-Correlation-ID', correlationId);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  boundBody(req, res);
  withTrace({ correlationId }, async () => {
    res.once('close', () => {
      const ms = Math.round(performance.now() - startedAt);
      log.debug({ method: req.method, path: pathOf(req), status: res.statusCode, ms }, 'Request answered');
    });
    try {
      await route(req, res, addresses);
    } catch (error) {
      if (error instanceof BadKey) return refuse(req, res, BAD_KEY);
      if (error instanceof TooManyRequests) return refuse(req, res, rateLimited(error));
      const outage = outageOf(error);
      if (outage) log.warn({ error, path: pathOf(req), code: outage.code }, 'A request was refused');
      else log.error({ error, path: pathOf(req) }, 'A request failed');
      if (res.headersSent) res.destroy();
      else if (outage) answerOutage(res, outage);
      else refuse(req, res, BUG);
    }
  });
}

const NO_PATH: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The target of a request is a path, and starts with a slash.',
  headers: { Connection: 'close' },
};
type Where = {
  host: string;
  port: number;
  /** Its address for users; PUBLIC_URL when left out. */
  publicUrl?: string;
  patience?: Partial<Patience>;
};

export type Listener = { url: string; close: () => Promise<void> };

/** Serves the API, its subscriptions, files and the client. Port 0 takes a free one. */
export async function listen({ host, port, publicUrl, ...options }: Where): Promise<Listener> {
  const addresses = addressesOf(host, publicUrl);
  const patience = { ...PATIENCE, ...options.patience };
  const server = createHttpServer(patience, (req, res) => handle(req, res, addresses));
  const sockets = serveSockets(server, addresses, patience);
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
