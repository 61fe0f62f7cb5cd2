import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Comfyui, Faults } from '#tests/stand-ins/comfyui/comfyui.ts';
import { until } from '#tests/until.ts';
import {
  closeAll,
  engineOf,
  folder,
  generate,
  generationRun,
  graphOf,
  QUICK,
  standIn,
  stepping,
} from './runs/testing.ts';

afterAll(closeAll);

const of = (comfyui: Comfyui, path: string) =>
  comfyui.calls.filter((call) => call.method === 'POST' && call.path === path);

/** Cancels at a step of the first image. */
async function cancelled(faults: Partial<Faults>, at = 2) {
  const comfyui = await standIn({ faults: { stepMs: 30, ...faults } });
  const stop = new AbortController();
  const run = await generationRun({ config: { count: 2, steps: 20 } });
  const told = await generate(engineOf([comfyui.url], { graphs: stepping }), run, {
    signal: stop.signal,
    each: (event) => event.type === 'step' && event.step === at && stop.abort(),
  });
  expect(stop.signal.aborted).toBe(true);
  return { comfyui, run, ...told };
}

test('an abort interrupts the prompt that runs, by its id, and begins no other', async () => {
  const { comfyui, run, images } = await cancelled({});
  expect(images).toEqual([]);
  expect(comfyui.posts()).toHaveLength(1);
  const [interrupt] = of(comfyui, '/interrupt');
  expect(JSON.parse(String(interrupt?.body))).toEqual({ prompt_id: run.jobId });
  expect(of(comfyui, '/queue').map(({ body }) => String(body))).not.toContainEqual(
    expect.stringContaining('clear'),
  );
});

test('where a later version cancels atomically, it is asked for that', async () => {
  const { comfyui, run, images } = await cancelled({ hasCancel: true });
  expect(images).toEqual([]);
  expect(of(comfyui, `/jobs/${run.jobId}/cancel`).length).toBeGreaterThan(0);
  expect(of(comfyui, '/interrupt')).toEqual([]);
});

test('a cancel that comes too early or too late is asked for again', async () => {
  const { comfyui, images } = await cancelled({ missCancels: 3, stepMs: 60 });
  expect(images).toEqual([]);
  expect(of(comfyui, '/interrupt').length).toBeGreaterThan(3);
});

test('an image that succeeds although it was cancelled is kept and told', async () => {
  const { comfyui, images, events } = await cancelled({ missCancels: Number.POSITIVE_INFINITY, stepMs: 5 });
  expect(images.map(({ index }) => index)).toEqual([0]);
  expect(events).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/is kept/) }));
  expect(comfyui.posts()).toHaveLength(1);
});

test('a node that cannot be interrupted is waited for, and it ends between two nodes', async () => {
  const { comfyui, images } = await cancelled({ interruptsBetweenNodes: true, stepMs: 10 });
  expect(images).toEqual([]);
  expect(comfyui.files.size).toBe(0);
  // What it was about is nobody's business any more.
  expect(comfyui.history().size).toBe(0);
});

test('a prompt that waits behind another one is taken out of the queue', async () => {
  const comfyui = await standIn({ faults: { stepMs: 50 } });
  const foreign = await fetch(`${comfyui.url}/prompt`, {
    method: 'POST',
    body: JSON.stringify({ prompt: await graphOf({ config: { steps: 200 } }), client_id: 'somebody' }),
  });
  expect(foreign.status).toBe(200);
  const stop = new AbortController();
  const told = generate(engineOf([comfyui.url]), await generationRun(), { signal: stop.signal });
  await until(() => comfyui.posts().length === 2, 'ours is posted');
  stop.abort();
  expect((await told).images).toEqual([]);
  expect(of(comfyui, '/interrupt')).toEqual([]);
  const queue = await (await fetch(`${comfyui.url}/queue`)).json();
  expect(queue).toMatchObject({ queue_running: [expect.anything()], queue_pending: [] });
});

test('an abort before anything is posted posts nothing; one while nothing answers ends it too', async () => {
  const comfyui = await standIn();
  const engine = engineOf([comfyui.url]);
  expect((await generate(engine, await generationRun(), { signal: AbortSignal.abort() })).events).toEqual([]);
  expect(comfyui.posts()).toEqual([]);

  comfyui.faults.stepMs = 50;
  const stop = new AbortController();
  const dying = engineOf([comfyui.url], {
    graphs: stepping,
    times: { ...QUICK, downMs: 60_000, cancelMs: 300 },
  });
  const told = await generate(dying, await generationRun({ config: { steps: 50 } }), {
    signal: stop.signal,
    each: (event) =>
      event.type === 'step' && event.step === 3 && void comfyui.close().then(() => stop.abort()),
  });
  expect(told.images).toEqual([]);
});

const queueOf = async ({ url }: Comfyui) => (await fetch(`${url}/queue`)).json();

test.each([
  ['while it draws', 'posted'],
  ['before it has a prompt', 'asked'],
] as const)('a ComfyUI that accepts and answers nothing, %s, holds no cancel up', async (_, when) => {
  const comfyui = await standIn({ faults: { stepMs: 20 } });
  const path = join(await folder(), 'lora.safetensors');
  await writeFile(path, 'x'.repeat(100));
  const run = await generationRun({ config: { steps: 200 }, loras: [{ path, sha256: 'ab'.repeat(32) }] });
  const engine = engineOf([comfyui.url], { graphs: stepping });
  // What is installed is known by then.
  await engine.capabilities();
  const { length } = comfyui.calls;
  comfyui.faults.isSilent = when === 'asked';
  const stop = new AbortController();
  const told = generate(engine, run, { signal: stop.signal });
  await until(() => (when === 'asked' ? comfyui.calls.length > length : comfyui.posts().length > 0), when);
  comfyui.faults.isSilent = true;
  const from = Date.now();
  stop.abort('cancelled');
  expect((await told).images).toEqual([]);
  expect(Date.now() - from).toBeLessThan(QUICK.cancelMs + 2000);
});

test('a cancel while its questions fail ends the prompt too', async () => {
  // The answer of its post never comes.
  const comfyui = await standIn({ faults: { stepMs: 20 } });
  const stop = new AbortController();
  const engine = engineOf([comfyui.url], { graphs: stepping });
  const told = generate(engine, await generationRun({ config: { steps: 200 } }), { signal: stop.signal });
  await until(() => comfyui.posts().length > 0, 'it is posted');
  comfyui.faults.isSilent = true;
  const { length } = comfyui.calls;
  await until(() => comfyui.calls.length > length, 'it is asked for');
  stop.abort('cancelled');
  comfyui.faults.isSilent = false;
  expect((await told).images).toEqual([]);
  expect(await queueOf(comfyui)).toEqual({ queue_running: [], queue_pending: [] });
});

test('accepted with an answer that is none, it fails and does not run on', async () => {
  const comfyui = await standIn({ faults: { garbleAnswers: 1, stepMs: 20 } });
  const told = generate(
    engineOf([comfyui.url], { graphs: stepping }),
    await generationRun({ config: { steps: 200 } }),
  );
  await expect(told).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  expect(await queueOf(comfyui)).toEqual({ queue_running: [], queue_pending: [] });
});

test('a worker that lost the job leaves its prompt to the one that has it', async () => {
  const comfyui = await standIn({ faults: { stepMs: 30 } });
  const run = await generationRun({ config: { steps: 30 } });
  const stop = new AbortController();
  const lost = generate(engineOf([comfyui.url], { graphs: stepping }), run, {
    signal: stop.signal,
    each: (event) => event.type === 'step' && event.step === 3 && adopt(),
  });
  let adopted: ReturnType<typeof generate> | undefined;
  const adopt = () => {
    adopted ??= generate(engineOf([comfyui.url], { graphs: stepping }), run, {
      each: (event) => event.type === 'log' && /earlier attempt/.test(event.message) && stop.abort('lost'),
    });
  };
  expect((await lost).images).toEqual([]);
  expect((await adopted)?.images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(1);
  expect(of(comfyui, '/interrupt')).toEqual([]);
});

test('what was taken over and is interrupted by the attempt before is asked for once more', async () => {
  const comfyui = await standIn({ faults: { stepMs: 30 } });
  const run = await generationRun({ config: { steps: 30 } });
  const stop = new AbortController();
  const first = generate(engineOf([comfyui.url], { graphs: stepping }), run, { signal: stop.signal });
  await until(() => comfyui.posts().length === 1, 'it is posted');
  const body = JSON.stringify({ prompt_id: run.jobId });
  const interrupt = async () => {
    stop.abort('lost');
    await first;
    await fetch(`${comfyui.url}/interrupt`, { method: 'POST', body });
  };
  const { images } = await generate(engineOf([comfyui.url], { graphs: stepping }), run, {
    each: (event) => event.type === 'log' && /is not made again/.test(event.message) && void interrupt(),
  });
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(2);
});

test('whoever stops reading has ended before, and leaves the prompt to the next attempt', async () => {
  const comfyui = await standIn({ faults: { stepMs: 30 } });
  const run = await generationRun({ config: { steps: 50 } });
  const events = engineOf([comfyui.url], { graphs: stepping }).run(run, new AbortController().signal);
  for await (const event of events) if (event.type === 'step') break;
  expect(of(comfyui, '/interrupt')).toEqual([]);
  expect(of(comfyui, '/history')).toEqual([]);

  // Also while it waits for the next event.
  const others = engineOf([comfyui.url], { graphs: stepping }).run(run, new AbortController().signal);
  await others.next();
  const waiting = Promise.all([others.next(), others.next(), others.next(), others.next()]);
  await others.return();
  await waiting;
  expect(await others.next()).toEqual({ done: true, value: undefined });
  expect(comfyui.posts()).toHaveLength(1);
});

test('what ends later than its cancel waits is forgotten when ComfyUI is asked the next time', async () => {
  const comfyui = await standIn({ faults: { missCancels: Number.POSITIVE_INFINITY, stepMs: 20 } });
  const stop = new AbortController();
  const engine = engineOf([comfyui.url], { graphs: stepping, times: { ...QUICK, cancelMs: 100 } });
  await generate(engine, await generationRun({ config: { steps: 40 } }), {
    signal: stop.signal,
    each: (event) => event.type === 'step' && stop.abort('cancelled'),
  });
  await until(() => comfyui.history().size === 1, 'it has ended');
  await engine.health();
  await until(() => comfyui.history().size === 0, 'it is forgotten');
});
