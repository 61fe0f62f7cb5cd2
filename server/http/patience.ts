import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How long we wait for a client, in milliseconds. Tests give `listen` shorter times. */
export const PATIENCE = {
  /** For the headers of a request, from its first byte; a second more or less. */
  headersMs: 10_000,
  /** For an operation that comes as JSON: 256 kB at most, all of it. */
  operationMs: 30_000,
  /** An upload takes as long as it needs. So much of it has to come in each window, unless it is we who do not read: 1 kB/s. */
  uploadWindowMs: 60_000,
  uploadWindowBytes: 60_000,
  /** For anything to move in either direction: who does not read its answer is gone. A subscription sends a sign of life more often. */
  silenceMs: 120_000,
  /** For the next request. More than the minute that proxies commonly keep a connection, so that theirs is not closed as they use it. */
  keepAliveMs: 65_000,
  /** For the first message on a socket, by which it is opened. */
  initMs: 3000,
};

export type Patience = typeof PATIENCE;

const known = new WeakMap<Socket, Patience>();

/** From now on `patienceWith` knows how long the server that has this connection waits. */
export const rememberPatience = (connection: Socket, patience: Patience) =>
  void known.set(connection, patience);

export const patienceWith = ({ socket }: IncomingMessage): Patience => known.get(socket) ?? PATIENCE;
