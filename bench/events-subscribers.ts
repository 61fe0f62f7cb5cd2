import { once } from 'node:events';
import WebSocket from 'ws';
import type { Arrived, Collect, Subscribe } from './events.ts';
import { AUTHORIZATION } from './key.ts';
import { clock, pause } from './measure.ts';
import { answer } from './processes.ts';

/**
 * Many clients in one process. They speak graphql-transport-ws by hand, since a client library would cost more than what is
 * measured; all they look at in a frame is its cursor.
 */
let arrivals: Arrived['arrivals'] = [];
let frame = '';
let awaited = Number.POSITIVE_INFINITY;
let complete = () => {};

async function subscribe({ url, count, query, variables }: Subscribe) {
  await Promise.all(Array.from({ length: count }, () => open(url, { query, variables })));
  // The server reads the history first; events from now on come live.
  await pause(500);
  return {};
}

async function open(url: string, payload: object) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
    headers: AUTHORIZATION,
  });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => {
    const at = clock();
    const text = data.toString();
    const cursor = /"cursor":"(\d+)"/.exec(text)?.[1];
    if (cursor === undefined) throw new Error(`Unexpected frame: ${text}`);
    arrivals.push([Number(cursor), at]);
    frame = text;
    if (arrivals.length >= awaited) complete();
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
}

async function collect({ frames }: Collect): Promise<Arrived> {
  if (arrivals.length < frames) {
    awaited = frames;
    await new Promise<void>((resolve) => {
      complete = resolve;
    });
  }
  const result = { arrivals, frame };
  arrivals = [];
  awaited = Number.POSITIVE_INFINITY;
  return result;
}

answer<Subscribe | Collect>({}, (message) =>
  message.type === 'subscribe' ? subscribe(message) : collect(message),
);
