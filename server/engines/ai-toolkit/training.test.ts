import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { loraKindOf } from '../../storage/lora-kind.ts';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from '../../storage/safetensors.ts';
import type { TrainingEvent } from '../engine.ts';
import { TRAINABLE_MODELS } from './families.ts';
import { placesOf } from './places.ts';
import {
  CORE,
  collect,
  failureOf,
  folder,
  photosOf,
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

const never = new AbortController().signal;
const stagesOf = (events: TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []));
const checkpointsOf = (events: TrainingEvent[]) => events.filter((event) => event.type === 'checkpoint');
const finishedOf = (events: TrainingEvent[]) => {
  const last = events.at(-1);
  if (last?.type !== 'finished') throw new Error(`It ended with ${last?.type}.`);
  return last;
};
const stepIn = async (path: string) =>
  JSON.parse((await readSafetensorsHeader(path)).metadata.get('training_info') ?? '{}').step;

test(
  'from the first step to the LoRA: each step once, samples and checkpoints complete, the stages in order',
  async () => {
    const engine = createAiToolkit(settingsFor(await CORE.install()));
    const run = await trainingRun(
      { samplePrompts: ['a photo of sks', 'sks in snow'], sampleEvery: 50 },
      { baseModel: CORE.baseModel },
    );
    const events = await collect(engine.run(run, never));
    expect(stepsOf(events)).toEqual(range(1, 120));
    const steps = events.filter((event) => event.type === 'step');
    expect(steps.every(({ loss, learningRate }) => loss > 0 && learningRate >= 0)).toBe(true);
    expect(steps.at(-1)?.stepsPerSecond).toBeGreaterThan(0);

    expect(checkpointsOf(events).map(({ step }) => step)).toEqual([50, 100]);
    for (const { step, path } of checkpointsOf(events)) expect(await stepIn(path)).toBe(step);
    const samples = events.filter((event) => event.type === 'sample');
    expect(samples.map(({ step, promptIndex, prompt, seed }) => [step, promptIndex, prompt, seed])).toEqual(
      [50, 100, 120].flatMap((step) => [
        [step, 0, 'a photo of sks', 42],
        [step, 1, 'sks in snow', 43],
      ]),
    );
    for (const { path } of samples)
      expect(
        await sharp(path)
          .stats()
          .then(() => sharp(path).metadata()),
      ).toMatchObject({
        ...{ format: 'png', width: 512, height: 512 },
      });

    // Those of AI-Toolkit itself are not kept beside them.
    const drawn = await readdir(placesOf(run).samples);
    expect(drawn.filter((name) => name.endsWith('.png'))).toEqual([]);

    const stages = stagesOf(events);
    expect(stages.filter((stage) => !['sampling', 'saving'].includes(stage)).slice(0, 4)).toEqual([
      ...['preparing', 'loading_model', 'caching', 'training'],
    ]);
    expect(stages).toContain('sampling');
    expect(stages).toContain('saving');
    expect(stages.at(-1)).toBe('exporting');
    const messages = events.flatMap((event) => (event.type === 'log' ? [event.message] : []));
    expect(messages.join('\n')).not.toContain(run.workDir);
    const finished = finishedOf(events);
    expect(finished.finalLoss).toBe(steps.at(-1)?.loss);
    const { metadata } = await readSafetensorsHeader(finished.path);
    expect(await stepIn(finished.path)).toBe(120);
    expect(Object.fromEntries(metadata)).toMatchObject({
      'modelspec.title': 'A title',
      'modelspec.trigger_phrase': 'sks',
      ss_output_name: placesOf(run).name,
    });
  },
  CORE.timeoutMs,
);

test(
  'it goes on from a checkpoint as if it had never stopped',
  async () => {
    const engine = createAiToolkit(settingsFor(await CORE.install()));
    const start = await trainingRun({}, { baseModel: CORE.baseModel });
    const [checkpoint] = checkpointsOf(await collect(engine.run(start, never)));
    if (checkpoint === undefined) throw new Error('There is no checkpoint.');
    const kept = join(await folder(), 'kept.safetensors');
    await copyFile(checkpoint.path, kept);
    const rest = { ...start, workDir: await folder(), resumeFrom: { step: checkpoint.step, path: kept } };
    const before = await readFile(kept);
    const events = await collect(engine.run(rest, never));
    expect(stepsOf(events)).toEqual(range(51, 120));
    expect(checkpointsOf(events).map(({ step }) => step)).toEqual([100]);
    expect(await stepIn(finishedOf(events).path)).toBe(120);
    // What the caller keeps is the caller's.
    expect(await readFile(kept)).toEqual(before);
  },
  CORE.timeoutMs,
);

test('exact numbers where there is a log, four digits where there is only a bar, and the same steps', async () => {
  const numbers = async (options: Parameters<typeof train>[1]) =>
    (await train(await trainingRun(), options)).filter((event) => event.type === 'step');
  const exact = await numbers({});
  for (const options of [{ hasLossLog: false }, { version: '0.7.15' } as const]) {
    const rounded = await numbers(options);
    expect(rounded.map(({ step }) => step)).toEqual(range(1, 120));
    for (const [i, { loss, learningRate }] of rounded.entries()) {
      expect(loss).toBe(Number(exact[i]?.loss.toExponential(3)));
      expect(learningRate).toBe(Number(exact[i]?.learningRate.toExponential(1)));
    }
  }
  expect(exact.filter(({ loss }) => String(loss).length > 8).length).toBeGreaterThan(100);
});

test('no checkpoint is lost to the pruning of AI-Toolkit, however quickly they come', async () => {
  const run = await trainingRun({ steps: 600, keepCheckpoints: 1 });
  const events = await train(run, { stepMs: 0 });
  expect(checkpointsOf(events).map(({ step }) => step)).toEqual(range(1, 11).map((i) => i * 50));
  for (const { path } of checkpointsOf(events))
    expect((await readSafetensors(path)).tensors.size).toBeGreaterThan(1);
});

test('a checkpoint comes after the steps before it', async () => {
  const events = await train(await trainingRun({ steps: 300 }), { stepMs: 0 });
  for (const [i, event] of events.entries()) {
    if (event.type !== 'checkpoint') continue;
    expect(Math.max(...stepsOf(events.slice(0, i)))).toBeGreaterThanOrEqual(event.step);
  }
});

test('the dataset: photos upright under names of ours, a caption beside each, the originals untouched', async () => {
  const path = await folder();
  const upright = await drawPhoto({ seed: 1, width: 300, height: 400 });
  await writeFile(join(path, 'turned.jpg'), upright);
  await sharp(upright).rotate().gif().toFile(join(path, 'a.gif'));
  await sharp(upright).rotate().avif().toFile(join(path, 'b.avif'));
  const [plain] = await photosOf(1);
  const photos = [
    { path: plain?.path ?? '', caption: `ein Foto, groß [name] $\u007bHOME}` },
    ...['turned.jpg', 'a.gif', 'b.avif'].map((name) => ({ path: join(path, name), caption: null })),
  ];
  const run = await trainingRun({}, { photos });
  await train(run);
  const { dataset } = placesOf(run);
  const files = (await readdir(dataset)).filter((file) => /^\d/.test(file));
  expect(files.sort()).toEqual([
    ...['0001.jpg', '0001.txt', '0002.png', '0002.txt', '0003.png', '0003.txt', '0004.png', '0004.txt'],
  ]);
  expect(await readFile(join(dataset, '0001.txt'), 'utf8')).toBe('ein Foto, groß (name) $ {HOME}');
  expect(await readFile(join(dataset, '0002.txt'), 'utf8')).toBe('');
  for (const name of ['0002.png', '0003.png', '0004.png'])
    expect(await sharp(join(dataset, name)).metadata()).toMatchObject({ width: 300, height: 400 });
  expect(await readFile(join(path, 'turned.jpg'))).toEqual(upright);
});

test('a checkpoint that has lost its step is given it again; one that does not fit is refused', async () => {
  const path = join(await folder(), 'kept.safetensors');
  await writeSafetensors(
    path,
    { 'a.lora_A.weight': { dtype: 'F16', shape: [2], values: Float32Array.of(1, 2) } },
    { ss_output_name: 'x' },
  );
  const resumeFrom = { step: 60, path };
  const events = await train(await trainingRun({}, { resumeFrom }));
  expect(stepsOf(events)).toEqual(range(61, 120));

  const refused = { code: 'INVALID_CHECKPOINT', canRetry: false };
  const late = await trainingRun({}, { resumeFrom: { step: 120, path } });
  expect(await failureOf(train(late))).toMatchObject(refused);
  const forgetful = await trainingRun({}, { resumeFrom });
  expect(await failureOf(train(forgetful, { fault: 'forgets' }))).toMatchObject(refused);
  await writeFile(path, 'no safetensors');
  expect(await failureOf(train(await trainingRun({}, { resumeFrom })))).toMatchObject(refused);
});

for (const { id, family } of TRAINABLE_MODELS) {
  test(`${id} leaves a LoRA of its family`, async () => {
    const events = await train(await trainingRun({ steps: 100 }, { baseModel: id }), { stepMs: 0 });
    const kind = await loraKindOf(finishedOf(events).path);
    expect(kind).toMatchObject({ family, isSure: true, rank: 8, triggerWords: ['sks'] });
  });
}

test('nothing runs before somebody asks, and an abort before that is enough', async () => {
  const installed = await standIn();
  const engine = createAiToolkit(settingsFor(installed));
  const run = await trainingRun();
  expect(await collect(engine.run(run, AbortSignal.abort()))).toEqual([]);
  expect(await readdir(run.workDir)).toEqual([]);
});
