import { spawn } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { processesOf } from '#tests/processes.ts';
import type { Options } from '#tests/stand-ins/ai-toolkit/options.ts';
import { until } from '#tests/until.ts';
import type { TrainingEvent } from '../engine.ts';
import {
  CORE,
  collect,
  failureOf,
  folder,
  range,
  removeFolders,
  settingsFor,
  standIn,
  stepsOf,
  trainingRun,
  trainUntil,
} from './testing.ts';
import { createAiToolkit } from './training.ts';

afterAll(removeFolders);

/** No process of any of them may be left. */
const installed: string[] = [];
afterEach(async () => {
  for (const dir of installed.splice(0)) expect(processesOf(dir)).toEqual([]);
});
async function standInOf(options: Partial<Options>) {
  const it = await standIn(options);
  installed.push(it.dir);
  return it;
}

const at = (step: number) => (event: TrainingEvent) => event.type === 'step' && event.step === step;
const savedOf = (events: TrainingEvent[]) => events.findLast((event) => event.type === 'checkpoint');

test(
  'an abort saves, tells the steps up to what was saved and none after, and what was saved can be resumed',
  async () => {
    const settings = settingsFor(await CORE.install({ stepMs: 20 }));
    const run = await trainingRun({ steps: 1000, checkpointEvery: 500 }, { baseModel: CORE.baseModel });
    const events = await trainUntil(run, { settings, isEnough: at(20) });
    const saved = savedOf(events);
    if (saved === undefined) throw new Error('Nothing was saved.');
    expect(saved.step).toBeGreaterThanOrEqual(20);
    expect(saved.step).toBeLessThan(200);
    expect(stepsOf(events)).toEqual(range(1, saved.step));
    expect(events.at(-1)?.type).not.toBe('finished');

    const path = join(await folder(), 'kept.safetensors');
    await copyFile(saved.path, path);
    const rest = { ...run, workDir: await folder(), resumeFrom: { step: saved.step, path } };
    const more = await trainUntil(rest, { settings, isEnough: at(saved.step + 5) });
    expect(stepsOf(more).slice(0, 5)).toEqual(range(saved.step + 1, saved.step + 5));
  },
  CORE.timeoutMs,
);

test('an older AI-Toolkit that cannot save when asked is not waited for', async () => {
  const settings = settingsFor(await standInOf({ version: '0.7.15', stepMs: 20 }));
  const run = await trainingRun({ steps: 5000, checkpointEvery: 50 });
  const events = await trainUntil(run, { settings, isEnough: at(70) });
  expect(savedOf(events)?.step).toBe(50);
  const steps = stepsOf(events);
  expect(steps).toEqual(range(1, steps.length));
  expect(steps.length).toBeLessThan(200);
});

test('an abort while the model is loaded ends it without a checkpoint', async () => {
  const settings = settingsFor(await standInOf({ stepMs: 60_000 }));
  const run = await trainingRun();
  const events = await trainUntil(run, {
    settings,
    isEnough: (event) => event.type === 'log' && event.message === 'Preparing Model',
  });
  expect(savedOf(events)).toBe(undefined);
  expect(stepsOf(events)).toEqual([]);
});

for (const fault of ['deaf', 'hang', 'child'] as const) {
  test(`${fault}: an abort ends it within its time, with all that it has started`, async () => {
    const faultStep = fault === 'hang' ? 30 : 0;
    const settings = settingsFor(await standInOf({ fault, faultStep, stepMs: 10 }), { stopSeconds: 4 });
    const run = await trainingRun({ steps: 20_000 });
    const begun = performance.now();
    let abortedAt = begun;
    await trainUntil(run, {
      settings,
      isEnough(event) {
        if (!at(20)(event)) return false;
        abortedAt = performance.now();
        return true;
      },
    });
    expect(performance.now() - abortedAt).toBeLessThan(4000);
  });
}

test('a child that outlives its trainer is ended with it, whatever the trainer ended of', async () => {
  const engine = createAiToolkit(settingsFor(await standInOf({ fault: 'child' })));
  const events = await collect(engine.run(await trainingRun(), new AbortController().signal));
  expect(events.at(-1)?.type).toBe('finished');
});

test('a program that has left its group, and holds its pipes open, keeps no training that has ended', async () => {
  const it = await standIn({ fault: 'daemon' });
  const engine = createAiToolkit(settingsFor(it));
  const events = await collect(engine.run(await trainingRun(), new AbortController().signal));
  expect(events.at(-1)?.type).toBe('finished');
  const left = processesOf(it.dir);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  expect(left).toHaveLength(1);
});

test('leaving the loop, or return() while a next() waits, ends it at once', async () => {
  const signal = new AbortController().signal;
  const engine = createAiToolkit(settingsFor(await standInOf({ stepMs: 10 })));
  for await (const event of engine.run(await trainingRun({ steps: 20_000 }), signal)) {
    if (event.type === 'step') break;
  }
  const hanging = await standInOf({ fault: 'hang', faultStep: 3 });
  const run = createAiToolkit(settingsFor(hanging)).run(await trainingRun(), signal);
  for (let next = await run.next(); next.value?.type !== 'step'; next = await run.next());
  const pending = (async () => {
    while (!(await run.next()).done);
  })();
  await run.return();
  await pending;
  expect(processesOf(hanging.dir)).toEqual([]);
});

test('a trainer that is killed is a failure that another attempt may cure, and leaves nothing', async () => {
  const it = await standInOf({ stepMs: 10, fault: 'child' });
  const engine = createAiToolkit(settingsFor(it));
  const run = engine.run(await trainingRun({ steps: 20_000 }), new AbortController().signal);
  const failure = await failureOf(
    collect(run, (event) => {
      if (!at(20)(event)) return;
      const leader = processesOf(it.dir).sort((a, b) => a - b)[0];
      if (leader !== undefined) process.kill(leader, 'SIGKILL');
    }),
  );
  expect(failure).toMatchObject({ code: 'ENGINE_KILLED', canRetry: true });
});

/** The worker's part, as a process that can be killed. */
async function startWorker(settings: object, run: object) {
  const module = JSON.stringify(new URL('./training.ts', import.meta.url).href);
  const script = `
    const { createAiToolkit } = await import(${module});
    const [settings, run] = JSON.parse(process.env.WORK);
    const engine = createAiToolkit({ ...settings, environment: { PATH: process.env.PATH } });
    for await (const { type } of engine.run(run, new AbortController().signal)) if (type === 'step') console.log(type);
  `;
  const worker = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, WORK: JSON.stringify([settings, run]) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    worker.stdout.once('data', resolve);
    worker.once('exit', () => reject(new Error('The worker ended.')));
  });
  return worker;
}

test('when the worker is killed with kill -9, its trainer does not go on', async () => {
  const it = await standInOf({ stepMs: 10, fault: 'child' });
  const worker = await startWorker(settingsFor(it), await trainingRun({ steps: 20_000 }));
  expect(processesOf(it.dir).length).toBeGreaterThan(1);
  worker.kill('SIGKILL');
  await until(() => processesOf(it.dir).length === 0, 'the trainer is gone', { seconds: 20 });
});

test('the process gets the listed part of our environment, and nothing else', async () => {
  const it = await standInOf({});
  const environment = {
    PATH: process.env.PATH,
    HF_TOKEN: 'hf_x',
    DATABASE_URL: 'postgres://x',
    S3_SECRET: 'y',
  };
  const run = await trainingRun();
  await collect(createAiToolkit(settingsFor(it, { environment })).run(run, new AbortController().signal));
  const seen = await it.environment();
  // The shell that stands for its Python adds these.
  const { PWD, OLDPWD, SHLVL, _, ...rest } = seen;
  expect(rest).toEqual({
    ...{ PATH: process.env.PATH, HF_TOKEN: 'hf_x', CUDA_DEVICE_ORDER: 'PCI_BUS_ID', PYTHONUNBUFFERED: '1' },
    ...{ PYTHONIOENCODING: 'utf-8', SEED: '42', AITK_JOB_ID: run.jobId, IS_AI_TOOLKIT_UI: '1' },
    ISENGARD_JOB_ID: 'a-job',
  });
});
