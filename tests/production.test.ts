import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Data } from './api.ts';
import { FAMILIES, loraBytes, shapesOf, uploadLora } from './loras.ts';
import { realPhotos } from './pictures.ts';
import { type Production, startProduction } from './production.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from './steps.ts';
import { until } from './until.ts';

/** What may befall the engines of production, through the public API, with real processes on a real database. */
let studio: Production;
let character: Data;

beforeAll(async () => {
  studio = await startProduction({ worker: false, env: { RETRY_SECONDS: '0,0,0' } });
  character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 3));
});
afterAll(() => studio?.stop());

const CONFIG = { steps: 200, checkpointEvery: 50, sampleEvery: 100, samplePrompts: ['{trigger}'], rank: 4 };
const TRAINING = `query ($id: ID!) {
  training(id: $id) { state step attempt error { code advice suggestion { batchSize resolution rank learningRate optimizer } }
    metrics(points: 5000) { step } lora { id version family baseModel rank } checkpoints { step }
    samples(first: 100) { edges { node { step } } } }
}`;
const GENERATION = `query ($id: ID!) {
  generation(id: $id) { state attempt error { code } outputs { index seed width sha256 } }
}`;
const trainingOf = async (id: string) => (await studio.graphql(TRAINING, { id })).training;
const generationOf = async (id: string) => (await studio.graphql(GENERATION, { id })).generation;

/** Those that work for a job, by their environment. */
async function processesOf(jobId: string) {
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `grep -lzx 'ISENGARD_JOB_ID=${jobId}' /proc/[0-9]*/environ 2>/dev/null || true`,
  ]);
  return stdout.split('\n').filter((line) => line !== '');
}

async function stop(worker: Awaited<ReturnType<Production['startWorker']>>, signal: NodeJS.Signals) {
  worker.kill(signal);
  await once(worker, 'exit');
}

test('kill -9 of the worker in a training: its trainer goes with it, another resumes, no step is missing or doubled', async () => {
  const first = await studio.startWorker();
  const { id } = await startTraining(studio, character.id, CONFIG);
  const history = eventsOf(studio, id);
  await until(async () => (await trainingOf(id)).checkpoints.length > 0, 'it has a checkpoint');
  expect(await processesOf(id)).not.toEqual([]);
  await stop(first, 'SIGKILL');
  await until(async () => (await processesOf(id)).length === 0, 'no process of it is left');
  const second = await studio.startWorker();
  expect((await history).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  const training = await trainingOf(id);
  expect(training.metrics.map(({ step }: Data) => step)).toEqual(
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
  expect(training.lora).toMatchObject({ version: 1, family: 'flux.1', baseModel: 'flux.1-dev', rank: 4 });
  await stop(second, 'SIGTERM');
  expect(await processesOf(id)).toEqual([]);
}, 120_000);

test('a cancel saves first, stops the trainer, and the training can be resumed', async () => {
  const worker = await studio.startWorker();
  const { id } = await startTraining(studio, character.id, { ...CONFIG, steps: 2000, checkpointEvery: 500 });
  await until(async () => (await trainingOf(id)).step > 20, 'it trains');
  await studio.graphql('mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }', { id });
  expect((await eventsOf(studio, id)).at(-1)).toMatchObject({ state: 'CANCELLED' });
  expect(await processesOf(id)).toEqual([]);
  const { checkpoints, step } = await trainingOf(id);
  expect(checkpoints[0].step).toBeGreaterThan(20);
  expect(step).toBeGreaterThanOrEqual(checkpoints[0].step);

  await studio.toolkit.change({ stepMs: 1 });
  const { resumeTraining } = await studio.graphql(
    `mutation ($id: ID!) { resumeTraining(input: { trainingId: $id }) {
      ... on ResumeTrainingSuccess { training { id } } } }`,
    { id },
  );
  expect((await eventsOf(studio, resumeTraining.training.id)).at(-1)).toMatchObject({ state: 'COMPLETED' });
  const { metrics } = await trainingOf(resumeTraining.training.id);
  expect(metrics.map((metric: Data) => metric.step)).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  await studio.toolkit.change({ stepMs: 20 });
  await stop(worker, 'SIGTERM');
}, 120_000);

test('out of memory is explained, with what to change', async () => {
  await studio.toolkit.change({ fault: 'oom', faultStep: 20 });
  const worker = await studio.startWorker();
  const { id } = await startTraining(studio, character.id, CONFIG);
  expect((await eventsOf(studio, id)).at(-1)).toMatchObject({ state: 'FAILED' });
  const { error, attempt } = await trainingOf(id);
  expect([error.code, attempt]).toEqual(['OUT_OF_MEMORY', 1]);
  expect(error.suggestion).toMatchObject({ resolution: 768 });
  await studio.toolkit.change({ fault: null });
  await stop(worker, 'SIGTERM');
}, 60_000);

test('a ComfyUI that restarts in a batch, and a worker that is killed in it: each image is there, once', async () => {
  studio.comfyui.faults.stepMs = 40;
  const first = await studio.startWorker();
  const input = { prompt: 'a photo', count: 4, seed: 7, width: 256, height: 256, steps: 20 };
  const { id } = await startGeneration(studio, { ...input, baseModel: 'sdxl' });
  const history = eventsOf(studio, id);
  await until(async () => (await generationOf(id)).outputs.length === 1, 'the first image is there');
  await studio.comfyui.restart();
  await until(async () => (await generationOf(id)).outputs.length === 2, 'the second is there too');
  await stop(first, 'SIGKILL');
  const second = await studio.startWorker();
  expect((await history).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  const { outputs } = await generationOf(id);
  expect(outputs.map(({ index, seed }: Data) => [index, seed])).toEqual([0, 1, 2, 3].map((i) => [i, 7 + i]));
  expect(new Set(outputs.map(({ sha256 }: Data) => sha256)).size).toBe(4);
  // One that was asked for twice, because of the restart or the kill, was made once: its file is what its row says.
  expect((await history).filter(({ output }: Data) => output).length).toBe(4);
  await stop(second, 'SIGTERM');
}, 120_000);

test('a grid: the graph of each image has its text, seed, LoRA and strength', async () => {
  studio.comfyui.faults.stepMs = 1;
  const worker = await studio.startWorker();
  const loras: Data[] = [];
  for (const rank of [4, 8]) {
    const shapes = shapesOf('kohya', FAMILIES.sdxl?.layers ?? {}, rank);
    const bytes = await loraBytes(shapes, { 'modelspec.trigger_phrase': `word ${rank}` });
    const { lora } = await uploadLora(studio, bytes, { baseModel: 'sdxl', triggerWord: `word ${rank}` });
    loras.push(lora);
  }
  const [a, b] = loras.map(({ id }) => id);
  const grid = {
    prompts: ['{trigger} {in snow|in rain}', 'a beach'],
    loraIds: [b, null],
    strengths: [0.4, 1.2],
  };
  const input = {
    baseModel: 'sdxl',
    seed: 11,
    width: 256,
    height: 256,
    steps: 1,
    loras: [{ loraId: a }],
    grid,
  };
  const { id } = await startGeneration(studio, input);
  expect((await eventsOf(studio, id)).at(-1)).toMatchObject({ state: 'COMPLETED' });

  const { generation } = await studio.graphql(
    'query ($id: ID!) { generation(id: $id) { outputs { index prompt seed cell { prompt lora strength } loras { strength } } } }',
    { id },
  );
  expect(generation.outputs).toHaveLength(8);
  expect(generation.outputs[0].prompt).toMatch(/^word 8 in (snow|rain)$/);
  const graphs = studio.comfyui.posts().map(({ body }) => JSON.parse(String(body)).prompt);
  for (const { index, prompt, seed, cell, loras: used } of generation.outputs) {
    const graph = graphs.find((one) => JSON.stringify(one).includes(`isengard/${id}/${index}"`));
    const inputs = (name: RegExp) =>
      Object.values<Data>(graph ?? {})
        .filter(({ class_type }) => name.test(class_type))
        .map((node) => node.inputs);
    expect(seed).toBe(11);
    expect(inputs(/^KSampler$/).map((sampler) => sampler.seed)).toEqual([11]);
    expect(inputs(/^CLIPTextEncode$/).map(({ text }) => text)).toContain(prompt);
    const strengths = cell.lora === 0 ? [grid.strengths[cell.strength]] : [];
    expect(inputs(/^LoraLoader/).map((loader) => loader.strength_model)).toEqual(strengths);
    expect(used.map(({ strength }: Data) => strength)).toEqual(strengths);
  }
  await stop(worker, 'SIGTERM');
}, 120_000);

test('what is not installed is refused before a job is made, with what to install', async () => {
  const START = `mutation ($input: StartGenerationInput!) {
    startGeneration(input: $input) { __typename ... on UnsupportedParameter { parameter reason } }
  }`;
  const start = async (input: object) =>
    (await studio.graphql(START, { input: { prompt: 'a photo', ...input } })).startGeneration;
  expect(await start({ baseModel: 'sd1.5' })).toMatchObject({
    parameter: 'baseModel',
    reason: expect.stringContaining('v1-5-pruned-emaonly.safetensors in models/checkpoints'),
  });
  expect(await start({ baseModel: 'flux.1-dev', negativePrompt: 'blurry' })).toMatchObject({
    parameter: 'negativePrompt',
  });
  const { models } = await studio.graphql('{ models { id isInstalled } }');
  const installed = models.filter(({ isInstalled }: Data) => isInstalled).map(({ id }: Data) => id);
  expect(installed).toContain('sdxl/checkpoint');
  expect(installed).not.toContain('sd1.5/checkpoint');
});
