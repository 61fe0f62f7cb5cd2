import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { env } from '../env.ts';
import { networkOf } from '../network.ts';
import { isTrustedProxy, peerOf } from './client-address.ts';
import { type Patience, rememberPatience } from './patience.ts';
import { bodyOf, type Refusal } from './refuse.ts';
import { sharesOf } from './shares.ts';

/** Sockets, and what else comes from one address: a browser has 6 connections to a server. */
const MAX_PER_ADDRESS = env.MAX_SOCKETS + 300;
const MAX_TOTAL = 20_000;
/** For whoever is refused, to read why. */
const GOODBYE_MS = 1000;

/** Uploads take as long as they need, so there is no time for a whole request: bodies are watched where they are read. */
export function createHttpServer(patience: Patience, handle: RequestListener): Server {
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: patience.headersMs,
    // Node looks so often for headers that are late.
    connectionsCheckingInterval: Math.min(1000, patience.headersMs),
    keepAliveTimeout: patience.keepAliveMs,
  });
  server.timeout = patience.silenceMs;
  // Node would leave out what is beyond a number, such as what the proxy says of where it comes from. Their bytes are bounded.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_TOTAL;

  const refused = new WeakSet<Duplex>();
  const shares = sharesOf(MAX_PER_ADDRESS);
  server.on('connection', (connection) => {
    rememberPatience(connection, patience);
    const peer = peerOf(connection);
    // Those of a proxy of ours are many people's.
    if (isTrustedProxy(peer) || !shares.isExceededBy(connection, networkOf(peer))) return;
    refused.add(connection);
    refuseConnection(connection, TOO_MANY_CONNECTIONS);
  });
  const answering = new WeakSet<Duplex>();
  server.on('request', (req, res) => {
    // What it goes on to ask is not looked at.
    if (refused.has(req.socket)) return;
    answering.add(req.socket);
    res.once('close', () => answering.delete(req.socket));
    handle(req, res);
  });
  server.on('clientError', (error, connection) => {
    if (!connection.writable || answering.has(connection)) return void connection.destroy();
    refuseConnection(connection, refusalOf(error));
  });
  return server;
}

/** Answers what never became a request. */
function refuseConnection(connection: Duplex, refusal: Refusal) {
  const { status, headers } = refusal;
  const body = JSON.stringify({ error: bodyOf(refusal) });
  const lines = Object.entries({
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  connection.on('error', () => {});
  connection.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'));
  // What still comes is thrown away: closed with something unread, the connection would be reset, and the answer lost.
  connection.resume();
  setTimeout(() => connection.destroy(), GOODBYE_MS).unref();
}

const TOO_MANY_CONNECTIONS: Refusal = {
  status: 429,
  code: 'TOO_MANY_CONNECTIONS',
  message: `One address may have ${MAX_PER_ADDRESS} connections.`,
  headers: { 'Retry-After': '1' },
  extensions: { limit: MAX_PER_ADDRESS },
};

function refusalOf(error: Error & { code?: string }): Refusal {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'REQUEST_TIMEOUT',
        message: 'The headers of this request came too slowly.',
      };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, code: 'HEADERS_TOO_LARGE', message: 'The headers of a request may have 16 kB.' };
    default:
      return { status: 400, code: 'BAD_REQUEST', message: 'This is no HTTP request.' };
  }
}
