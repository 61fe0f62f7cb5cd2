import { once } from 'node:events';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';

/** More than the time between two pings (12 s), so that the next one is due before the answer to the last one is read. */
const STANDSTILL_SECONDS = 15;

fault(14, 'not by a server that stood still itself', async () => {
  await using lab = await startLab({ worker: false });
  const socket = new WebSocket(`${lab.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    autoPong: false,
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  const closed = once(socket, 'close').then(([code]) => code);

  const [ping] = await once(socket, 'ping');
  lab.process.kill('SIGSTOP');
  socket.pong(ping);
  await lab.sql`select pg_sleep(${STANDSTILL_SECONDS})`;
  lab.process.kill('SIGCONT');
  expect(await Promise.race([closed, once(socket, 'ping').then(() => 'pinged again')])).toBe('pinged again');

  expect(await closed).toBe(4410);
  return 'a socket that answered stays; it is closed when it answers no longer';
});
