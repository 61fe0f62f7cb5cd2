import { afterAll, expect, test } from 'vitest';
import { until } from '#tests/until.ts';
import { EngineFailure } from '../failure.ts';
import { promptIdOf } from './prompt-id.ts';
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

const failureOf = async (told: Promise<unknown>): Promise<EngineFailure> => {
  const error = await told.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EngineFailure)) throw error;
  return error;
};

test('ids: the job itself, then UUIDs of version 8 that stay the same', () => {
  const job = '01998ab0-0000-7000-8000-0000000000AB';
  expect(promptIdOf(job, 0)).toBe(job.toLowerCase());
  const ids = [1, 2, 3].map((index) => promptIdOf(job, index));
  expect(new Set(ids).size).toBe(3);
  expect(ids).toEqual([1, 2, 3].map((index) => promptIdOf(job, index)));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a restart loses queue and history: the prompt is posted once more', async () => {
  const comfyui = await standIn({ faults: { stepMs: 20 } });
  let isRestarted = false;
  const { events, images } = await generate(
    engineOf([comfyui.url], { graphs: stepping }),
    await generationRun({ config: { steps: 20 } }),
    {
      each(event) {
        if (event.type !== 'step' || event.step < 5 || isRestarted) return;
        isRestarted = true;
        void comfyui.restart(200);
      },
    },
  );
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(2);
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

test('lost a second time it fails by name, and may be tried again', async () => {
  const comfyui = await standIn({ faults: { stepMs: 40 } });
  const told = generate(
    engineOf([comfyui.url], { graphs: stepping }),
    await generationRun({ config: { steps: 50 } }),
  );
  const failure = failureOf(told);
  for (const posts of [1, 2]) {
    await until(() => comfyui.posts().length === posts, `post ${posts}`);
    await comfyui.restart(30);
  }
  expect(await failure).toMatchObject({ code: 'ENGINE_RESTARTED', canRetry: true });
});

test('a file that was told before the restart is taken as it is', async () => {
  // Its history comes too late: it dies between the message and the entry.
  const comfyui = await standIn({ faults: { historyLagMs: 60_000 } });
  let isRestarted = false;
  const { images } = await generate(engineOf([comfyui.url]), await generationRun(), {
    each: (event) => event.type === 'stage' && event.stage === 'saving' && restart(),
  });
  function restart() {
    if (isRestarted) return;
    isRestarted = true;
    void until(() => [...comfyui.files.keys()].length === 1, 'the file is saved').then(() =>
      comfyui.restart(50),
    );
  }
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(1);
});

test('an answer that is lost is no reason to run it twice', async () => {
  const comfyui = await standIn({ faults: { loseAnswers: 1 } });
  const { images } = await generate(engineOf([comfyui.url]), await generationRun());
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(1);
});

test('a post that did nothing is tried again', async () => {
  const comfyui = await standIn({ faults: { failPosts: 1 } });
  const { images } = await generate(engineOf([comfyui.url]), await generationRun());
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(2);
});

test('before there were jobs: the queue, then the history, which is late', async () => {
  const comfyui = await standIn({ faults: { withoutJobs: true, historyLagMs: 100, stepMs: 10 } });
  const { images } = await generate(engineOf([comfyui.url], { graphs: stepping }), await generationRun());
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(1);
  // Asked once, and known from then on.
  expect(comfyui.calls.filter(({ path }) => path.startsWith('/jobs/'))).toHaveLength(1);
});

test('a later attempt takes over what an earlier one left, finished or running', async () => {
  const comfyui = await standIn({ faults: { stepMs: 20 } });
  const run = await generationRun({ config: { count: 2, steps: 10 } });
  const stop = engineOf([comfyui.url], { graphs: stepping }).run(run, new AbortController().signal);
  await stop.next();
  await until(() => comfyui.posts().length === 1, 'the first image is posted');
  // The first attempt's process is gone with everything: nobody reads its events, and another one begins.
  const { images, events } = await generate(engineOf([comfyui.url], { graphs: stepping }), {
    ...run,
    images: run.images.slice(0, 1),
  });
  expect(images).toHaveLength(1);
  expect(events).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/earlier attempt/) }),
  );
  await stop.return();
});

test('what an earlier attempt left of another content is replaced', async () => {
  const comfyui = await standIn();
  const run = await generationRun();
  const post = async (seed: number) =>
    fetch(`${comfyui.url}/prompt`, {
      method: 'POST',
      body: JSON.stringify({
        prompt: await graphOf({}, seed),
        prompt_id: run.jobId,
      }),
    });
  await post(99);
  await until(() => comfyui.history().has(run.jobId), 'it is made');
  const { images, events } = await generate(engineOf([comfyui.url]), run);
  expect(images).toHaveLength(1);
  expect(events).not.toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/earlier attempt/) }),
  );
});

test('what is there in a state of a later version, and does not say what it is, is replaced', async () => {
  const comfyui = await standIn({ faults: { stepMs: 20, namesStates: true } });
  const run = await generationRun();
  await fetch(`${comfyui.url}/prompt`, {
    method: 'POST',
    body: JSON.stringify({ prompt: await graphOf({ config: { steps: 500 } }), prompt_id: run.jobId }),
  });
  const { images } = await generate(engineOf([comfyui.url], { graphs: stepping }), run);
  expect(images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(2);
});

test('nothing answers: unreachable, at once at the start and after some patience later', async () => {
  const comfyui = await standIn();
  const { url } = comfyui;
  const engine = engineOf([url], { graphs: stepping, times: { ...QUICK, downMs: 400 } });
  comfyui.faults.stepMs = 40;
  const later = failureOf(
    generate(engine, await generationRun({ config: { steps: 50 } }), {
      each: (event) => event.type === 'step' && event.step === 2 && void comfyui.close(),
    }),
  );
  expect(await later).toMatchObject({ code: 'ENGINE_UNREACHABLE', canRetry: true });
  expect(await failureOf(generate(engineOf([url]), await generationRun()))).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    advice: expect.stringContaining('COMFYUI_URLS'),
  });
  expect(await engineOf([url]).health()).toMatchObject({ isHealthy: false });
});

test('a dead worker thread is found out, and the prompt given up by name', async () => {
  const comfyui = await standIn({ faults: { hangs: true } });
  const times = { ...QUICK, hangMs: 500, cancelMs: 100 };
  const failure = await failureOf(generate(engineOf([comfyui.url], { times }), await generationRun()));
  expect(failure).toMatchObject({ code: 'ENGINE_STALLED', canRetry: true });
  expect(comfyui.calls.filter(({ path }) => path === '/interrupt').length).toBeGreaterThan(0);
});

test('several processes: each has one image at a time, and the images of one that hangs are made by the other', async () => {
  const [one, two] = await Promise.all([
    standIn({ faults: { stepMs: 5 } }),
    standIn({ faults: { stepMs: 5 } }),
  ]);
  const engine = engineOf([one.url, two.url], {
    graphs: stepping,
    times: { ...QUICK, hangMs: 700, cancelMs: 100 },
  });
  const run = await generationRun({ config: { count: 4 } });
  const { images } = await generate(engine, run);
  expect(images.map(({ index }) => index).toSorted()).toEqual([0, 1, 2, 3]);
  expect(one.posts().length).toBeGreaterThan(0);
  expect(two.posts().length).toBeGreaterThan(0);

  two.faults.hangs = true;
  const again = await generate(engine, await generationRun({ config: { count: 3, seed: 50 } }));
  expect(again.images.map(({ index }) => index).toSorted()).toEqual([0, 1, 2]);
  expect(again.events).toContainEqual(expect.objectContaining({ level: 'warn' }));
  two.faults.hangs = false;
});

test('a process that is down is not asked', async () => {
  const [one, two] = await Promise.all([standIn(), standIn()]);
  await one.close();
  const engine = engineOf([one.url, two.url]);
  const { images } = await generate(engine, await generationRun({ config: { count: 2 } }));
  expect(images).toHaveLength(2);
  expect(await engine.health()).toMatchObject({
    isHealthy: true,
    message: expect.stringContaining('1 of 2'),
  });
});

test('an image that an earlier attempt left on another process is waited for there', async () => {
  const [idle, home] = await Promise.all([standIn(), standIn({ faults: { stepMs: 30 } })]);
  const run = await generationRun({ config: { count: 2, steps: 10 } });
  const earlier = engineOf([home.url], { graphs: stepping }).run(run, new AbortController().signal);
  await earlier.next();
  await until(() => home.posts().length === 1, 'the first image is posted');
  const { images } = await generate(engineOf([idle.url, home.url], { graphs: stepping }), {
    ...run,
    images: run.images.slice(0, 1),
  });
  expect(images).toHaveLength(1);
  expect(idle.posts()).toEqual([]);
  await earlier.return();
});
