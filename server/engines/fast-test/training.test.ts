import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSafetensors, readSafetensorsHeader } from '../../storage/safetensors.ts';
import type { TrainingEvent } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { folder, generate, photosOf, removeFolders, train, trainingRun } from './testing.ts';
import { fastTestTraining } from './training.ts';

/** A running worker thread shows up as a MessagePort. */
const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
const idleThreads = threads();

beforeEach(() => void vi.stubEnv('FAST_TEST_STEP_MS', '0'));
afterEach(() => {
  vi.unstubAllEnvs();
  expect(threads()).toBe(idleThreads);
});
afterAll(removeFolders);

const lossesOf = (events: TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
const stepsOf = (events: TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const failureOf = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: unknown) => (error instanceof EngineFailure ? error : Promise.reject(error)),
  );

test('the loss falls, each step is told once and in order, and the stages make sense', async () => {
  const events = await train(await trainingRun({ steps: 200, captionDropout: 0.05 }));
  const losses = lossesOf(events);
  expect(stepsOf(events)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(mean(losses.slice(-20))).toBeLessThan(0.1 * mean(losses.slice(0, 20)));
  const stages = events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []));
  expect(stages.slice(0, 4)).toEqual(['preparing', 'loading_model', 'caching', 'training']);
  expect(stages.at(-1)).toBe('exporting');
  expect(events.at(-1)).toMatchObject({ type: 'finished', finalLoss: losses.at(-1) });
});

test('samples and checkpoints come when asked, after the last step too, and are complete', async () => {
  const run = await trainingRun({
    steps: 130,
    sampleEvery: 60,
    checkpointEvery: 50,
    samplePrompts: ['{trigger}', 'x'],
  });
  const events = await train(run);
  const samples = events.filter((event) => event.type === 'sample');
  expect(samples.map(({ step, promptIndex }) => [step, promptIndex])).toEqual([
    ...[
      [60, 0] as const,
      [60, 1] as const,
      [120, 0] as const,
      [120, 1] as const,
      [130, 0] as const,
      [130, 1] as const,
    ],
  ]);
  expect(samples[0]).toMatchObject({ prompt: 'sks', seed: 42 });
  expect(new Set(samples.map(({ promptIndex, seed }) => `${promptIndex} ${seed}`)).size).toBe(2);
  expect(samples.every(({ path }) => existsSync(path))).toBe(true);
  const checkpoints = events.filter((event) => event.type === 'checkpoint');
  expect(checkpoints.map(({ step }) => step)).toEqual([50, 100]);
  expect(checkpoints.map(({ path }) => existsSync(path))).toEqual([false, true]);
});

test('the LoRA is a safetensors file of PEFT pairs that says what it is', async () => {
  const run = await trainingRun();
  await train(run);
  const { metadata, tensors } = await readSafetensorsHeader(join(run.workDir, 'lora.safetensors'));
  expect(Object.fromEntries(metadata)).toMatchObject({
    'modelspec.sai_model_spec': '1.0.1',
    'modelspec.architecture': 'isengard-fast-test/lora',
    'modelspec.title': 'A title',
    'modelspec.trigger_phrase': 'sks',
    'modelspec.resolution': '1024x1024',
    training_info: '{"step":120}',
  });
  expect(tensors.get('isengard.picture.lora_A.weight')).toMatchObject({ dtype: 'F16', shape: [8, 517] });
  expect(tensors.get('isengard.picture.lora_B.weight')).toMatchObject({ dtype: 'F16', shape: [12288, 8] });
});

for (const optimizer of ['adamw8bit', 'adamw', 'prodigy'] as const) {
  test(`a resumed training with ${optimizer} goes on exactly as the uninterrupted one`, async () => {
    const config = { optimizer, steps: 90, checkpointEvery: 50, batchSize: 2, precision: 'fp16' } as const;
    const whole = await trainingRun(config);
    const losses = lossesOf(await train(whole));
    const path = join(await folder(), 'kept.safetensors');
    await copyFile(join(whole.workDir, 'checkpoints/step-000050.safetensors'), path);
    const rest = await trainingRun(config, { resumeFrom: { step: 50, path } });
    const events = await train(rest);
    expect(stepsOf(events)[0]).toBe(51);
    expect(lossesOf(events)).toEqual(losses.slice(50));
    const [a, b] = await Promise.all(
      [whole, rest].map(
        async ({ workDir }) => (await readSafetensors(join(workDir, 'lora.safetensors'))).tensors,
      ),
    );
    expect(b).toEqual(a);
  });
}

test('a checkpoint can be used as a LoRA', async () => {
  const run = await trainingRun({ steps: 60, checkpointEvery: 60 });
  await train(run);
  const path = join(run.workDir, 'checkpoints/step-000060.safetensors');
  expect((await generate({ loras: [{ path, strength: 1, triggerWord: 'sks' }] })).images).toHaveLength(1);
});

test('a checkpoint of another training is refused', async () => {
  const run = await trainingRun({ steps: 60, checkpointEvery: 60 });
  await train(run);
  const path = join(run.workDir, 'checkpoints/step-000060.safetensors');
  for (const [config, step] of [
    [{ rank: 16 }, 60] as const,
    [{}, 50] as const,
    [{ optimizer: 'adamw' }, 60] as const,
  ]) {
    const failure = await failureOf(train(await trainingRun(config, { resumeFrom: { step, path } })));
    expect(failure).toMatchObject({ code: 'INVALID_CHECKPOINT', canRetry: false });
  }
});

test('an abort is heard within a few steps; what was done is told and saved, and resumes without a hole', async () => {
  vi.stubEnv('FAST_TEST_STEP_MS', '5');
  const run = await trainingRun({ steps: 5000, samplePrompts: [], checkpointEvery: 2000 });
  const abort = new AbortController();
  const events: TrainingEvent[] = [];
  for await (const event of fastTestTraining.run(run, abort.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === 25) abort.abort();
  }
  const saved = events.findLast((event) => event.type === 'checkpoint');
  if (saved?.type !== 'checkpoint') throw new Error('Nothing was saved.');
  expect(saved.step).toBe(stepsOf(events).at(-1));
  expect(saved.step).toBeLessThan(25 + 20);
  expect(stepsOf(events)).toEqual(Array.from({ length: saved.step }, (_, i) => i + 1));
  expect(existsSync(saved.path)).toBe(true);
  const rest = await trainingRun({ steps: saved.step + 3 }, { resumeFrom: saved });
  expect(stepsOf(await train(rest))).toEqual([1, 2, 3].map((more) => saved.step + more));
});

test('leaving the loop, or return() while a next() waits, ends the thread', async () => {
  for await (const event of fastTestTraining.run(await trainingRun(), new AbortController().signal)) {
    if (event.type === 'step') break;
  }
  vi.stubEnv('FAST_TEST_FAULT', 'hang@1');
  const run = fastTestTraining.run(await trainingRun(), new AbortController().signal);
  const pending = (async () => {
    while (!(await run.next()).done);
  })();
  await wait(300);
  await run.return();
  await pending;
});

test('a slow reader holds the training back: few events are made before they are read', async () => {
  const run = await trainingRun({ samplePrompts: [], checkpointEvery: 50 });
  const events = fastTestTraining.run(run, new AbortController().signal);
  for (let next = await events.next(); next.value?.type !== 'step'; next = await events.next());
  // Long enough for all of its 120 steps, had it not waited.
  await wait(1000);
  expect(existsSync(join(run.workDir, 'checkpoints'))).toBe(false);
  await events.return();
});

test('it fails on demand, with a name and advice', async () => {
  const fail = async (fault: string) => {
    vi.stubEnv('FAST_TEST_FAULT', fault);
    return failureOf(train(await trainingRun({ samplePrompts: [] })));
  };
  expect(await fail('out-of-memory@20')).toMatchObject({
    code: 'OUT_OF_MEMORY',
    advice: 'Train at 768 px or with a rank of 4.',
    suggestion: { resolution: 768 },
    canRetry: false,
  });
  expect(await fail('crash@20')).toMatchObject({ code: 'ENGINE_CRASHED', canRetry: true });
  expect(await fail('lose-output')).toMatchObject({ code: 'OUTPUT_MISSING' });
});

test('a hanging training says nothing more, until it is aborted and saves', async () => {
  vi.stubEnv('FAST_TEST_FAULT', 'hang@20');
  const abort = new AbortController();
  const events: TrainingEvent[] = [];
  for await (const event of fastTestTraining.run(await trainingRun({ samplePrompts: [] }), abort.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === 19) setTimeout(() => abort.abort(), 300);
  }
  expect(stepsOf(events).at(-1)).toBe(19);
  expect(events.findLast(({ type }) => type === 'checkpoint')).toMatchObject({ step: 19 });
});

test('a photo that cannot be read is named; no photo at all is refused', async () => {
  const path = join(await folder(), 'broken.jpg');
  const photos = [...(await photosOf()), { path, caption: null }];
  expect(await failureOf(train(await trainingRun({}, { photos })))).toMatchObject({
    code: 'UNREADABLE_PHOTO',
    message: expect.stringContaining(path),
  });
  expect(await failureOf(train(await trainingRun({}, { photos: [] })))).toMatchObject({ code: 'NO_PHOTOS' });
});
