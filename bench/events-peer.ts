import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Broadcast, Sent } from './events.ts';
import { clock, pause } from './measure.ts';
import { answer } from './processes.ts';

/** What fan-out costs when there is nothing else: the bytes of a frame, given to every socket from memory. */
const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  handleProtocols: ([first]) => first ?? false,
});
server.on('connection', (socket) => socket.once('message', () => socket.send('{"type":"connection_ack"}')));
await new Promise((resolve) => server.once('listening', resolve));

let seq = 0;
async function broadcast({ events, perSecond, frame }: Broadcast): Promise<Sent> {
  const times: Sent['times'] = {};
  let due = clock();
  for (let n = 0; n < events; n++) {
    const bytes = Buffer.from(frame.replace(/"cursor":"\d+"/, `"cursor":"${++seq}"`));
    times[seq] = clock();
    for (const socket of server.clients) socket.send(bytes, { binary: false });
    due += 1000 / perSecond;
    await pause(Math.max(0, due - clock()));
  }
  return { times };
}

answer<Broadcast>({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, broadcast);
