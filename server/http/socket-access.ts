import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { aliveKeys } from '../auth/api-keys.ts';
import { accessOf, type Principal, type User } from '../auth/principal.ts';
import { aliveSessions } from '../auth/sessions.ts';
import { ACCESS_TOPIC } from '../auth/users.ts';
import { hear } from '../doorbell.ts';
import { log } from '../log.ts';
import { closeSoon } from './connection.ts';

/** Sessions and keys also end by themselves, which nobody rings for. */
const LOOK_MS = 60_000;

/** Of graphql-ws: the client does not connect again by itself. */
const UNAUTHORIZED = 4401;
/** RFC 6455's registry, "service restart": the client connects again, and has the rights of now. */
const RECONNECT = 1012;

/** A WebSocket, or a response that streams events. */
type Connection = { close(code: number, reason: string): void };
const open = new Map<Connection, Principal>();

function keep(connection: Connection, principal: Principal) {
  open.set(connection, principal);
  // What was looked up before it came here may have ended meanwhile.
  void lookSoon();
}

/** From now on the socket closes when its session or key ends, or its user may do other things than before. */
export function keepAccess(socket: WebSocket, principal: Principal) {
  // It may have gone while its key was looked up; then its `close` is past.
  if (socket.readyState !== socket.OPEN) return;
  const connection: Connection = { close: (code, reason) => closeSoon(socket, code, reason) };
  socket.once('close', () => open.delete(connection));
  keep(connection, principal);
}

/** The same for server-sent events; clients of these connect again by themselves, and are told then. */
export function keepStream(res: ServerResponse, principal: Principal) {
  const connection: Connection = { close: () => res.destroy() };
  res.once('close', () => open.delete(connection));
  keep(connection, principal);
}

async function look() {
  const looked = [...open];
  const given = looked.map(([, principal]) => principal);
  const sessionIds = given.flatMap((principal) => (principal.kind === 'session' ? principal.sessionId : []));
  const keyIds = given.flatMap((principal) => (principal.kind === 'key' ? principal.keyId : []));
  if (sessionIds.length + keyIds.length === 0) return;
  const [sessions, keys] = await Promise.all([
    aliveSessions([...new Set(sessionIds)]),
    aliveKeys([...new Set(keyIds)]),
  ]);
  const roles = new Map([...sessions, ...keys].map(({ id, role }) => [id, role]));
  for (const [connection, principal] of looked) {
    const id = idOf(principal);
    if (id === null) continue;
    const role = roles.get(id);
    if (role === undefined) connection.close(UNAUTHORIZED, 'Unauthorized');
    else if (isOtherNow(principal, role)) connection.close(RECONNECT, 'Other rights');
  }
}

const idOf = (principal: Principal) =>
  principal.kind === 'session' ? principal.sessionId : principal.kind === 'key' ? principal.keyId : null;

const isOtherNow = (principal: Principal, role: User['role']) =>
  'user' in principal &&
  accessOf(principal) !== accessOf({ ...principal, user: { ...principal.user, role } });

let isLooking = false;
let isAsked = false;

/** However many ask meanwhile, one more look is enough for all of them. */
async function lookSoon() {
  isAsked = true;
  if (isLooking) return;
  isLooking = true;
  while (isAsked) {
    isAsked = false;
    await look().catch((error: unknown) => log.warn({ error }, 'Cannot see who may listen'));
  }
  isLooking = false;
}

/** Watches all sockets of this process until the returned function is called. */
export function watchAccess(): () => void {
  const stopHearing = hear(() => void lookSoon(), [ACCESS_TOPIC]);
  const timer = setInterval(() => void lookSoon(), LOOK_MS).unref();
  return () => {
    stopHearing();
    clearInterval(timer);
  };
}
