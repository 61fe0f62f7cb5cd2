import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import type { Client } from '../auth/sessions.ts';
import { env } from '../env.ts';

/** An IPv4 address as such, also where the socket is one of IPv6. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '');

/** The other end of a connection. */
export const peerOf = ({ remoteAddress }: Pick<Socket, 'remoteAddress'>) => plain(remoteAddress ?? '');

const proxies = new BlockList();
for (const { address, bits, family } of env.TRUSTED_PROXIES) proxies.addSubnet(address, bits, family);

/** Whether an address is that of a proxy of ours (TRUSTED_PROXIES), whose word on who asks is taken. */
export const isTrustedProxy = (address: string) =>
  isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** As proxies write it: `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]`, `[::1]:5678`. */
function hopOf(written: string): string | undefined {
  const address = plain(
    written
      .trim()
      .replace(/^([\d.]+):\d+$/, '$1')
      .replace(/^\[(.*)\](:\d+)?$/, '$1'),
  );
  return isIP(address) === 0 ? undefined : address;
}

/**
 * Where a request comes from. Each proxy writes behind `X-Forwarded-For` who spoke to it, so the header is read from its end, and only as
 * far as those who wrote it are ours: what stands before that, anybody can send.
 */
export function addressOf({ socket, headers }: IncomingMessage): string {
  let address = peerOf(socket);
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  while (isTrustedProxy(address)) {
    const before = hopOf(forwarded.pop() ?? '');
    if (before === undefined) break;
    address = before;
  }
  return address;
}

export const clientOf = (req: IncomingMessage): Client => ({
  address: addressOf(req),
  userAgent: req.headers['user-agent'] ?? null,
});
