import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import WebSocket from 'ws';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { type Lab, startLab } from '../tools/lab.ts';
import { cancel, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

const SUBSCRIPTIONS = 100;
const DEAF_MS = 60_000;
/** How much garbage lies about is V8's choice, and on a busy machine some hundred megabytes. With a small heap there is little. */
const SMALL_HEAP = '--max-old-space-size=192 --max-semi-space-size=16';
/** So many bytes that keeping what nobody reads could not be overlooked: about 10 MB a second. */
const METRICS = Array.from({ length: 10 }, (_, i) => `m${i}: metrics { step loss learningRate }`).join(' ');

/** Subscribes many times over one socket, and hears the first event. */
async function subscribe({ url }: Lab, jobId: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const says = async () => {
    const [message] = await once(socket, 'message', { signal: AbortSignal.timeout(20_000) });
    return JSON.parse(String(message));
  };
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  expect(await says()).toEqual({ type: 'connection_ack' });
  const query = `subscription { jobEvents(jobId: "${jobId}") { cursor ... on JobProgressed { ${METRICS} } } }`;
  for (let id = 0; id < SUBSCRIPTIONS; id++)
    socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
  expect(await says()).toMatchObject({ type: 'next' });
  socket.on('error', () => {});
  return socket;
}

async function residentMegabytes(pid: number | undefined) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** Until the end of `ms`: the most memory that the server had. */
async function watchMemory({ process }: Lab, ms: number) {
  let most = 0;
  for (const end = performance.now() + ms; performance.now() < end; await delay(500))
    most = Math.max(most, await residentMegabytes(process.pid));
  return most;
}

/** Milliseconds between two events that a client hears, in the middle. */
function paceOf(times: number[]) {
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
}

fault(
  16,
  '',
  async () => {
    await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '8', NODE_OPTIONS: SMALL_HEAP } });
    const character = await newCharacterWithPhoto(lab);
    const { id } = await newTraining(lab, character.id, { steps: 10_000, samplePrompts: [] });
    const client = lab.watch(id);
    await until(() => client.seen.length > 20, 'it is well under way');
    // The same load with somebody who reads, for comparison.
    const reader = await subscribe(lab, id);
    const before = await watchMemory(lab, 15_000);
    const undisturbed = paceOf(client.times);
    reader.terminate();

    const deaf = await subscribe(lab, id);
    deaf.pause();
    const heard = client.times.length;
    const most = await watchMemory(lab, DEAF_MS);
    const disturbed = paceOf(client.times.slice(heard));
    deaf.terminate();
    // Kept for a minute it would be 600 MB.
    expect(most - before).toBeLessThan(200);
    expect(disturbed).toBeLessThan(3 * undisturbed);
    await cancel(lab, id);
    await client.end();
    await checkInvariants(lab);
    return `${(most - before).toFixed(0)} MB more than with one who reads, others hear at ${(disturbed / undisturbed).toFixed(1)} times the gaps`;
  },
  180_000,
);
