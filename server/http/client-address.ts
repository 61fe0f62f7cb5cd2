import type { IncomingMessage } from 'node:http';
import type { Client } from '../auth/sessions.ts';

/** An IPv4 address as such, also where the socket is one of IPv6. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '');

export const clientOf = (req: IncomingMessage): Client => ({
  address: plain(req.socket.remoteAddress ?? ''),
  userAgent: req.headers['user-agent'] ?? null,
});
