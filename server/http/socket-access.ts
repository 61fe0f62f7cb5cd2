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

const open = new Map<WebSocket, Principal>();

/** From now on the socket closes when its session or key ends, or its user may do other things than before. */
export function keepAccess(socket: WebSocket, principal: Principal) {
  open.set(socket, principal);
  socket.once('close', () => open.delete(socket));
}

async function look() {
  const given = [...open.values()];
  const sessionIds = given.flatMap((principal) => (principal.kind === 'session' ? principal.sessionId : []));
  const keyIds = given.flatMap((principal) => (principal.kind === 'key' ? principal.keyId : []));
  if (sessionIds.length + keyIds.length === 0) return;
  const [sessions, keys] = await Promise.all([aliveSessions(sessionIds), aliveKeys(keyIds)]);
  const roles = new Map([...sessions, ...keys].map(({ id, role }) => [id, role]));
  for (const [socket, principal] of open) {
    const id = idOf(principal);
    // It came while we looked.
    if (id === null || !given.includes(principal)) continue;
    const role = roles.get(id);
    if (role === undefined) closeSoon(socket, UNAUTHORIZED, 'Unauthorized');
    else if (isOtherNow(principal, role)) closeSoon(socket, RECONNECT, 'Other rights');
  }
}

const idOf = (principal: Principal) =>
  principal.kind === 'session' ? principal.sessionId : principal.kind === 'key' ? principal.keyId : null;

const isOtherNow = (principal: Principal, role: User['role']) =>
  'user' in principal &&
  accessOf(principal) !== accessOf({ ...principal, user: { ...principal.user, role } });

const lookSoon = () =>
  void look().catch((error: unknown) => log.warn({ error }, 'Cannot see who may listen'));

/** Watches all sockets of this process until the returned function is called. */
export function watchAccess(): () => void {
  const stopHearing = hear(lookSoon, [ACCESS_TOPIC]);
  const timer = setInterval(lookSoon, LOOK_MS).unref();
  return () => {
    stopHearing();
    clearInterval(timer);
  };
}
