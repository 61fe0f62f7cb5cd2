import { afterAll, expect, test } from 'vitest';
import type { Comfyui, Faults } from '#tests/stand-ins/comfyui/comfyui.ts';
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

test('whoever stops reading stops the work', async () => {
  const comfyui = await standIn({ faults: { stepMs: 30 } });
  const engine = engineOf([comfyui.url], { graphs: stepping });
  const events = engine.run(await generationRun({ config: { steps: 50 } }), new AbortController().signal);
  for await (const event of events) if (event.type === 'step') break;
  expect(of(comfyui, '/interrupt').length).toBeGreaterThan(0);

  // Also while it waits for the next event.
  const others = engine.run(
    await generationRun({ config: { steps: 50, seed: 8 } }),
    new AbortController().signal,
  );
  await others.next();
  const waiting = Promise.all([others.next(), others.next(), others.next(), others.next()]);
  await others.return();
  await waiting;
  expect(await others.next()).toEqual({ done: true, value: undefined });
  const queue = await (await fetch(`${comfyui.url}/queue`)).json();
  expect(queue).toEqual({ queue_running: [], queue_pending: [] });
});
