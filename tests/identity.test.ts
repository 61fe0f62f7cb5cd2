import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Api, Data } from './api.ts';
import { alikePortraits, oneMan, otherPeople } from './faces.ts';
import { startProduction } from './production.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from './steps.ts';
import { startStudio } from './studio.ts';
import { until } from './until.ts';

/** Scores of checkpoints through the public API, with the processes of the product. */
const TRAINING = `query ($id: ID!) {
  training(id: $id) {
    state attempt identityProblem bestCheckpoint { step }
    samples(first: 500) { edges { node { step promptIndex seed identityScore faceCount } } }
    checkpoints { step isBest url identity { score step withFace samples } }
    lora { identity { score step withFace samples } }
  }
}`;
async function trainingOf(api: Api, id: string): Promise<Data> {
  const { training } = await api.graphql(TRAINING, { id });
  return { ...training, samples: training.samples.edges.map(({ node }: Data) => node) };
}

test('the checkpoint whose samples are most like the photos outlives the newer ones', async () => {
  await using studio = await startProduction({ env: { IDENTITY_SCORES: 'on' } });
  const [photos, [other]] = [await oneMan(6), await otherPeople(1)];
  const given = async (name: string, bytes: Uint8Array | undefined) => {
    const path = join(studio.toolkit.dir, name);
    await writeFile(path, bytes ?? '');
    return path;
  };
  // The trainer goes astray after its hundredth step.
  const [him, another] = [await given('him.png', photos[5]), await given('another.png', other)];
  const samples = { 50: another, 100: him, 150: another, 200: another };
  await studio.toolkit.change({ stepMs: 20, samples });

  const character = await createCharacter(studio);
  const pictures = photos.slice(0, 5).map((bytes, i) => ({ name: `${i}.png`, bytes }));
  await uploadImages(studio, character.id, pictures);
  const { id } = await startTraining(studio, character.id, {
    ...{ steps: 200, checkpointEvery: 50, keepCheckpoints: 1, sampleEvery: 50, rank: 4, resolution: 512 },
    ...{ samplePrompts: ['{trigger}', '{trigger} smiling'] },
  });
  await eventsOf(studio, id);
  const training = await trainingOf(studio, id);
  expect(training).toMatchObject({ state: 'COMPLETED', bestCheckpoint: { step: 100 } });
  expect(training.checkpoints).toMatchObject([
    { step: 150, isBest: false, identity: { step: 150, withFace: 2, samples: 2 } },
    { step: 100, isBest: true, identity: { step: 100, withFace: 2, samples: 2 } },
  ]);
  // The same prompts and seeds each time, or there would be nothing to compare.
  const drawn = training.samples.map(({ promptIndex, seed }: Data) => `${promptIndex} ${seed}`);
  expect([drawn.length, new Set(drawn).size]).toEqual([8, 2]);
  const [newest, best] = training.checkpoints;
  expect(best.identity.score).toBeGreaterThan(newest.identity.score + 0.3);
  expect(training.lora.identity).toMatchObject({ step: 200, score: newest.identity.score });
  expect((await fetch(studio.url + best.url)).status).toBe(200);
}, 180_000);

test('kill -9 of the worker: the next one compares what has no score, and what is drawn after', async () => {
  await using studio = await startStudio({
    worker: false,
    env: { IDENTITY_SCORES: 'on', FAST_TEST_STEP_MS: '5', RETRY_SECONDS: '0,0,0' },
  });
  const first = await studio.startWorker();
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, await alikePortraits());
  const { id } = await startTraining(studio, character.id, {
    ...{ steps: 150, sampleEvery: 50, checkpointEvery: 50, keepCheckpoints: 2, rank: 4 },
    ...{ learningRate: 1e-3, samplePrompts: ['{trigger}'], seed: 1 },
  });
  await until(async () => (await trainingOf(studio, id)).checkpoints.length > 0, 'it has a checkpoint');
  first.kill('SIGKILL');
  await once(first, 'exit');
  await studio.startWorker();
  await eventsOf(studio, id);
  const training = await trainingOf(studio, id);
  expect(training).toMatchObject({ state: 'COMPLETED', attempt: 2, identityProblem: null });
  expect(training.samples.map(({ step }: Data) => step)).toEqual([50, 100, 150]);
  for (const { identityScore } of training.samples) expect(identityScore).toEqual(expect.any(Number));
  expect(training.checkpoints.filter(({ isBest }: Data) => isBest)).toHaveLength(1);
}, 180_000);
