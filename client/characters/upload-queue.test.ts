import { createRoot } from 'solid-js';
import { expect, test } from 'vitest';
import { createUploadQueue, type Outcome } from './upload-queue.ts';
import { sumUploads } from './upload-sum.ts';

/** A queue whose sends end when the test says so. */
function controlled(atOnce = 2) {
  const sends = new Map<
    string,
    { end: (outcome: Outcome) => void; signal: AbortSignal; sent: (part: number) => void }
  >();
  let ended = 0;
  const queue = createRoot(() =>
    createUploadQueue({
      atOnce,
      onEnded: () => {
        ended += 1;
      },
      send: (file, sent, signal) =>
        new Promise((resolve) => {
          sends.set(file.name, { end: resolve, signal, sent });
          signal.addEventListener('abort', () => resolve({ kind: 'failed', reason: 'Cancelled' }));
        }),
    }),
  );
  const states = () => Object.fromEntries(queue.uploads.map((upload) => [upload.name, upload.state]));
  return {
    queue,
    sends,
    states,
    ended: () => ended,
    idOf: (name: string) => queue.uploads.find((upload) => upload.name === name)?.id ?? '',
  };
}

const file = (name: string, bytes = 10) => new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' });
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a few go at once, the next when one ends', async () => {
  const { queue, sends, states } = controlled();
  queue.add([file('a'), file('b'), file('c')]);
  expect(states()).toEqual({ a: 'sending', b: 'sending', c: 'waiting' });
  sends.get('a')?.end({ kind: 'accepted' });
  await settled();
  expect(states()).toEqual({ a: 'accepted', b: 'sending', c: 'sending' });
});

test('a file over the limit is refused here, with both numbers, and never sent', () => {
  const { queue, sends } = controlled();
  queue.add([file('big', 21 * 1024 * 1024 + 1)]);
  expect(queue.uploads[0]).toMatchObject({
    state: 'rejected',
    reason: 'The photo is 22 MB; the limit is 20 MB.',
  });
  expect(sends.size).toBe(0);
});

test('a cancelled file is taken back from the wire and can be tried again', async () => {
  const { queue, sends, states, idOf } = controlled(1);
  queue.add([file('a'), file('b')]);
  queue.cancel(idOf('b'));
  queue.cancel(idOf('a'));
  await settled();
  expect(sends.get('a')?.signal.aborted).toBe(true);
  expect(states()).toEqual({ a: 'cancelled', b: 'cancelled' });
  queue.retry(idOf('b'));
  sends.get('b')?.end({ kind: 'duplicate' });
  await settled();
  expect(states()).toEqual({ a: 'cancelled', b: 'duplicate' });
});

test('one bad file keeps its reason and holds nobody up', async () => {
  const { queue, sends, states, ended } = controlled(1);
  queue.add([file('a'), file('b')]);
  sends.get('a')?.end({ kind: 'rejected', reason: 'The file is not a picture.' });
  await settled();
  sends.get('b')?.end({ kind: 'accepted' });
  await settled();
  expect(states()).toEqual({ a: 'rejected', b: 'accepted' });
  expect(queue.uploads[0]?.reason).toBe('The file is not a picture.');
  expect(ended()).toBe(2);
  expect(sumUploads(queue.uploads).words).toBe('1 photo added, 1 not accepted');
  queue.clear();
  expect(queue.uploads).toHaveLength(0);
});

test('the sum goes by bytes that have left', () => {
  const { queue, sends } = controlled();
  queue.add([file('a', 30), file('b', 10)]);
  sends.get('a')?.sent(0.5);
  expect(sumUploads(queue.uploads)).toMatchObject({ open: 2, total: 2, fraction: 15 / 40 });
});
