import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '#tests/until.ts';
import {
  closeAll,
  engineOf,
  generate,
  generationRun,
  graphOf,
  QUICK,
  standIn,
  stepping,
} from './runs/testing.ts';
import { comfySocket, type SocketNews } from './socket.ts';

afterAll(closeAll);

const socketOf = (url: string, times = QUICK) => {
  const lost: number[] = [];
  const socket = comfySocket({
    url,
    clientId: crypto.randomUUID(),
    times,
    onLost: () => lost.push(Date.now()),
  });
  return { socket, lost };
};

test('it connects for a listener, counts from the first status on, and is closed when idle', async () => {
  const comfyui = await standIn();
  const { socket } = socketOf(comfyui.url);
  const news: SocketNews['type'][] = [];
  {
    using _listening = socket.listen(({ type }) => news.push(type));
    await until(() => socket.isConnected(), 'it is greeted');
    using _another = socket.listen(({ type }) => news.push(type));
    expect(comfyui.sockets()).toBe(1);
  }
  expect(news.slice(0, 2)).toEqual(['connected', 'status']);
  await until(() => comfyui.sockets() === 0, 'it is closed');
  // And opened again when it is needed.
  using _again = socket.listen(() => {});
  await until(() => socket.isConnected(), 'it is greeted again');
});

test('after a restart it connects by itself, tells that it was lost, and never has two at a time', async () => {
  const comfyui = await standIn();
  const { socket, lost } = socketOf(comfyui.url);
  const news: SocketNews['type'][] = [];
  using _listening = socket.listen(({ type }) => type !== 'status' && news.push(type));
  await until(() => socket.isConnected(), 'it is greeted');
  await comfyui.restart(150);
  await until(() => news.filter((type) => type === 'connected').length === 2, 'it is greeted again');
  expect(news).toEqual(['connected', 'disconnected', 'connected']);
  expect(lost).toHaveLength(1);
  expect(comfyui.sockets()).toBe(1);
});

test('who is not greeted is not connected', async () => {
  const comfyui = await standIn({ faults: { refusesSockets: true } });
  const { socket } = socketOf(comfyui.url);
  using _listening = socket.listen(() => {});
  await expect(until(() => socket.isConnected(), 'it is greeted', { seconds: 0.4 })).rejects.toThrow();
  comfyui.faults.refusesSockets = false;
  await until(() => socket.isConnected(), 'it is greeted in the end');
});

test('without any socket an image is made all the same', async () => {
  const comfyui = await standIn({ faults: { refusesSockets: true } });
  const engine = engineOf([comfyui.url], { graphs: stepping, times: { ...QUICK, connectMs: 100 } });
  const { images, events } = await generate(engine, await generationRun());
  expect(images).toHaveLength(1);
  expect(events.some(({ type }) => type === 'preview')).toBe(false);
});

test('the deaf socket: an older one of its name ends later, nothing more is heard, and it is renewed', async () => {
  const comfyui = await standIn({ faults: { stepMs: 40 } });
  const engine = engineOf([comfyui.url], { graphs: stepping, times: { ...QUICK, deafMs: 300 } });
  const run = await generationRun({ config: { steps: 40 } });
  let clientId = '';
  const { events, images } = await generate(engine, run, {
    each(event) {
      if (event.type !== 'step' || clientId !== '') return;
      clientId = JSON.parse(String(comfyui.posts()[0]?.body)).client_id;
      // A second socket of the same name, whose end makes the server forget ours.
      const other = new WebSocket(`${comfyui.url.replace('http', 'ws')}/ws?clientId=${clientId}`);
      other.once('open', () => other.close());
    },
  });
  expect(images).toHaveLength(1);
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
  // Deaf from about the second step on, it would have told only the last one.
  expect(steps.length).toBeGreaterThan(10);
});

test('a slow reader of ours stops nobody: what is not read here is replaced, and the socket is drained', async () => {
  const comfyui = await standIn({ faults: { stepMs: 0 } });
  const events = engineOf([comfyui.url], { graphs: stepping }).run(
    await generationRun({ config: { steps: 300 } }),
    new AbortController().signal,
  );
  await events.next();
  // Nobody reads on, and the image is made to its end.
  await until(() => comfyui.files.size === 1, 'it is made');
  const told = [];
  for await (const event of events) told.push(event);
  expect(told.filter(({ type }) => type === 'step').length).toBeLessThan(10);
  expect(told.filter(({ type }) => type === 'image')).toHaveLength(1);
});

test('head_of_line.json: the stand-in, as the real one, waits for who does not read; the image is found over HTTP', async () => {
  const { default: recorded } = await import('#tests/fixtures/comfyui/head_of_line.json', {
    with: { type: 'json' },
  });
  expect(recorded.history_has_goods_result_meanwhile).toBe(true);
  const comfyui = await standIn({ faults: { stepMs: 0, previewBytes: 200_000 } });
  const deaf = connect(Number(new URL(comfyui.url).port), '127.0.0.1');
  deaf.write(
    'GET /ws?clientId=deaf HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  deaf.pause();
  await until(() => comfyui.sockets() === 1, 'the other one is there');
  const prompt = await graphOf({ config: { steps: 150 } });
  await fetch(`${comfyui.url}/prompt`, {
    method: 'POST',
    body: JSON.stringify({ prompt, client_id: 'deaf' }),
  });
  await until(() => comfyui.history().size === 1, 'it is made');
  const { images, events } = await generate(
    engineOf([comfyui.url], { graphs: stepping }),
    await generationRun(),
  );
  expect(images).toHaveLength(1);
  // Its messages stand behind those that nobody takes: `good_frames_in_8s` were 2.
  expect(events.filter(({ type }) => type === 'preview').length).toBeLessThanOrEqual(
    recorded.good_frames_in_8s,
  );
  deaf.destroy();
});
