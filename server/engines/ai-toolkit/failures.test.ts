import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Options } from '#tests/stand-ins/ai-toolkit/options.ts';
import type { TrainingConfig, TrainingEvent } from '../engine.ts';
import { failureOf as explain } from './failures.ts';
import {
  collect,
  failureOf,
  range,
  removeFolders,
  settingsFor,
  standIn,
  stepsOf,
  train,
  trainingRun,
} from './testing.ts';
import { createAiToolkit } from './training.ts';

afterAll(removeFolders);

const EXPECTED: [options: Partial<Options>, code: string, canRetry: boolean][] = [
  [{ fault: 'oom' }, 'OUT_OF_MEMORY', false],
  [{ fault: 'oom', faultStep: 30 }, 'OUT_OF_MEMORY', false],
  [{ fault: 'oom', faultStep: 5, stepMs: 120 }, 'OUT_OF_MEMORY', false],
  [{ fault: 'gated' }, 'MODEL_GATED', false],
  [{ fault: 'missing' }, 'MODEL_MISSING', false],
  [{ fault: 'unreachable' }, 'MODEL_UNREACHABLE', true],
  [{ fault: 'no-images' }, 'NO_IMAGES', false],
  [{ fault: 'nan', faultStep: 30 }, 'NAN_LOSS', false],
  [{ fault: 'nan', faultStep: 30, hasLossLog: false }, 'NAN_LOSS', false],
  [{ fault: 'nan-lines', faultStep: 30 }, 'NAN_LOSS', false],
  [{ fault: 'disk', faultStep: 50 }, 'DISK_FULL', true],
  [{ fault: 'module' }, 'ENGINE_MISSING', false],
  [{ fault: 'cuda', faultStep: 30 }, 'CUDA_ERROR', true],
  [{ fault: 'crash', faultStep: 30 }, 'ENGINE_CRASHED', true],
  [{ fault: 'killed', faultStep: 30 }, 'ENGINE_KILLED', true],
  [{ fault: 'interrupted', faultStep: 30 }, 'ENGINE_KILLED', true],
  [{ fault: 'interrupted', faultStep: 30, version: '0.7.15' }, 'ENGINE_KILLED', true],
  [{ fault: 'partial-checkpoint', faultStep: 100 }, 'ENGINE_KILLED', true],
  [{ fault: 'no-final' }, 'OUTPUT_MISSING', true],
  [{ fault: 'bad-final' }, 'INVALID_LORA', true],
  [{ fault: 'early-final' }, 'OUTPUT_MISSING', true],
];
for (const [options, code, canRetry] of EXPECTED) {
  test(`${JSON.stringify(options)} is ${code}`, async () => {
    const failure = await failureOf(train(await trainingRun({ steps: 150 }), options));
    expect(failure).toMatchObject({ code, canRetry });
    expect(failure?.message.length).toBeLessThan(500);
    expect(failure?.advice).toBeTruthy();
  });
}

test('a broken loss ends it at once, without waiting for its end', async () => {
  const engine = createAiToolkit(settingsFor(await standIn({ fault: 'nan', faultStep: 30, stepMs: 20 })));
  const events: TrainingEvent[] = [];
  const run = await trainingRun({ steps: 20_000 });
  await failureOf(collect(engine.run(run, new AbortController().signal), (event) => events.push(event)));
  // The steps before it, and none whose loss no chart could show.
  expect(stepsOf(events)).toEqual(range(1, 30));
});

test.each([30, 50, 149])(
  'a step %i that did not fit into memory, once, is no failure and no hole',
  async (faultStep) => {
    const events = await train(await trainingRun({ steps: 150 }), { fault: 'oom-once', faultStep });
    expect(stepsOf(events)).toEqual(range(1, 150));
    expect(events.at(-1)).toMatchObject({ type: 'finished', finalLoss: expect.any(Number) });
    // The learning rate that stands for it in the log was none.
    expect(events.every((event) => event.type !== 'step' || event.learningRate > 1e-9)).toBe(true);
  },
);

test('a checkpoint that is there by halves is none; the whole ones before it are told', async () => {
  const engine = createAiToolkit(settingsFor(await standIn({ fault: 'partial-checkpoint', faultStep: 100 })));
  const events: TrainingEvent[] = [];
  const run = engine.run(await trainingRun({ steps: 150 }), new AbortController().signal);
  await failureOf(collect(run, (event) => events.push(event)));
  expect(events.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : []))).toEqual([50]);
});

test('what is not installed is said before anything is begun', async () => {
  const run = await trainingRun();
  const signal = new AbortController().signal;
  const installed = await standIn();
  const fail = async (settings: Parameters<typeof settingsFor>[1]) =>
    failureOf(collect(createAiToolkit(settingsFor(installed, settings)).run(run, signal)));
  const missing = { code: 'ENGINE_MISSING', canRetry: false };
  expect(await fail({ dir: null })).toMatchObject(missing);
  expect(await fail({ python: '/nowhere/python' })).toMatchObject(missing);
  await rm(join(installed.dir, 'run.py'));
  expect(await fail({})).toMatchObject(missing);
});

test.each([
  ['flux.1-nothing', [], 'UNKNOWN_BASE_MODEL'],
  ['flux.1-dev', [], 'NO_IMAGES'],
])('%s with the photos %j is refused', async (baseModel, photos, code) => {
  const run = await trainingRun({}, { baseModel, photos });
  expect(await failureOf(train(run))).toMatchObject({ code, canRetry: false });
});

const ended = { code: 1, signal: null };
const suggestionFor = async (config: Partial<TrainingConfig>) =>
  explain(await trainingRun(config), ended, ['CUDA out of memory. Tried to allocate 2.00 GiB']).suggestion;

test('out of memory: each suggestion takes less, until nothing is left to suggest', async () => {
  const batch = { batchSize: 4, gradientAccumulation: 1, resolution: 1024 };
  expect(await suggestionFor(batch)).toEqual({ batchSize: 1, gradientAccumulation: 4 });
  expect(await suggestionFor({ resolution: 1024 })).toEqual({ resolution: 768 });
  expect(await suggestionFor({ resolution: 768 })).toEqual({ resolution: 512 });
  expect(await suggestionFor({ optimizer: 'adamw' })).toEqual({ optimizer: 'adamw8bit' });
  expect(await suggestionFor({ rank: 16 })).toEqual({ rank: 8, alpha: 8 });
  expect(await suggestionFor({ rank: 4 })).toBe(null);
});

test('a broken loss: another precision, or a lower rate', async () => {
  const nan = async (config: Partial<TrainingConfig>) =>
    (await failureOf(train(await trainingRun(config), { fault: 'nan', faultStep: 5 })))?.suggestion;
  expect(await nan({ precision: 'fp16' })).toEqual({ precision: 'bf16' });
  expect(await nan({ learningRate: 1e-3 })).toEqual({ learningRate: 5e-4 });
  // Which heeds no learning rate.
  expect(await nan({ optimizer: 'prodigy' })).toEqual({ optimizer: 'adamw8bit' });
  // What the form would refuse is no help.
  expect(await nan({ learningRate: 1e-6 })).toBe(null);
});

test.each([
  ['torch.cuda.OutOfMemoryError: CUDA error: out of memory', 'OUT_OF_MEMORY'],
  ['RuntimeError: CUDA error: no kernel image is available for execution on the device', 'CUDA_ERROR'],
  ['huggingface_hub.utils._errors.GatedRepoError: 403 Client Error.', 'MODEL_GATED'],
  ['OSError: x is not a local folder and is not a valid model identifier', 'MODEL_MISSING'],
  ['huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach https://huggingface.co', 'MODEL_MISSING'],
  ['requests.exceptions.ConnectionError: Max retries exceeded with url', 'MODEL_UNREACHABLE'],
  ['ValueError: Environment variable X not set. Please ensure', 'ENGINE_MISCONFIGURED'],
  ["python3: can't open file '/x/run.py'", 'ENGINE_MISSING'],
])('%s', async (line, code) => {
  expect(explain(await trainingRun(), ended, ['Traceback (most recent call last):', line]).code).toBe(code);
});

test('a token that it prints comes into no log and no failure', async () => {
  const environment = { PATH: process.env.PATH, HF_TOKEN: 'hf_abcdefgh' };
  const engine = createAiToolkit(settingsFor(await standIn({ fault: 'leak' }), { environment }));
  const told: TrainingEvent[] = [];
  const run = engine.run(await trainingRun(), new AbortController().signal);
  const failure = await failureOf(collect(run, (event) => told.push(event)));
  expect(failure?.message).toContain('the token …');
  expect(JSON.stringify(told)).toContain('the token …');
  expect(JSON.stringify(told)).not.toContain('hf_abcdefgh');
});

test('an unknown error is told by its last line, and not at length', async () => {
  const said = ['Traceback', `KeyError: ${'x'.repeat(5000)}`, 'and a last word'];
  const { message } = explain(await trainingRun(), ended, said);
  expect(message).toMatch(/^AI-Toolkit stopped with an error: KeyError: xxx/);
  expect(message.length).toBeLessThan(400);
});
