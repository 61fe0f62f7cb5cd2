import { afterEach, expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { alikePortraits } from '#tests/faces.ts';
import { type Picture, realPhotos } from '#tests/pictures.ts';
import { faceFindersOf } from '#tests/processes.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { env } from '../env.ts';

const api = await startServer({ worker: true });
env.IDENTITY_SCORES = 'on';
afterEach(() => {
  env.IDENTITY_SCORES = 'on';
});

const CONFIG = {
  ...{ steps: 200, sampleEvery: 100, checkpointEvery: 100, keepCheckpoints: 1, rank: 4 },
  ...{ learningRate: 1e-3, samplePrompts: ['a photo of {trigger}'], seed: 1 },
};
const TRAINING = `query ($id: ID!) {
  training(id: $id) {
    state identityProblem bestCheckpoint { step isBest identity { step } }
    samples(first: 50) { edges { node { step identityScore faceCount } } }
    checkpoints { step isBest identity { score step withFace samples } }
    lora { identity { score step withFace samples } }
    log(first: 500) { edges { node { level message } } }
  }
}`;
async function trainingOf(id: string): Promise<Data> {
  const { training } = await api.graphql(TRAINING, { id });
  const nodes = ({ edges }: Data): Data[] => edges.map(({ node }: Data) => node);
  return { ...training, samples: nodes(training.samples), log: nodes(training.log) };
}

async function start(pictures: Picture[], config: object = {}): Promise<string> {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, pictures);
  return (await startTraining(api, character.id, { ...CONFIG, ...config })).id;
}
async function train(...of: Parameters<typeof start>): Promise<Data> {
  const id = await start(...of);
  const events = await eventsOf(api, id);
  return { id, events, ...(await trainingOf(id)) };
}

test('samples of a person are compared with the photos, and the checkpoint that is most like them is kept', async () => {
  const SCORES = `subscription ($id: ID!) {
    jobEvents(jobId: $id) { __typename ... on SampleScored { sample { step identityScore faceCount } } }
  }`;
  const training = await train(await alikePortraits());
  expect(training.state).toBe('COMPLETED');
  expect(training.samples.map(({ step }: Data) => step)).toEqual([100, 200]);
  for (const { identityScore, faceCount } of training.samples) {
    expect(faceCount).toBe(1);
    expect(identityScore).toBeGreaterThan(0.1);
  }
  // Who follows is told the same.
  const told: Data[] = [];
  for await (const { jobEvents } of api.subscribe(SCORES, { id: training.id }))
    if (jobEvents.__typename === 'SampleScored') told.push(jobEvents.sample);
  expect(told).toEqual(training.samples);

  const best = training.checkpoints.find(({ isBest }: Data) => isBest);
  const scores = training.samples.map(({ identityScore }: Data) => identityScore);
  expect(best.identity).toEqual({
    ...{ score: Math.max(...scores), step: best.step, withFace: 1, samples: 1 },
  });
  expect(training.bestCheckpoint).toEqual({
    ...{ step: best.step, isBest: true, identity: { step: best.step } },
  });
  expect(training.lora.identity).toEqual({ score: scores[1], step: 200, withFace: 1, samples: 1 });
  expect(training.identityProblem).toBeNull();
  expect(training.log).toContainEqual({
    ...{ level: 'INFO', message: 'Samples are compared with the faces of 2 of 2 photos.' },
  });
});

test('photos without a face, no samples and the switch each have their reason', async () => {
  const cats = (await realPhotos()).slice(5, 8);
  const quick = { steps: 60, sampleEvery: 30, checkpointEvery: 50 };
  const none = { bestCheckpoint: null, lora: { identity: null } };
  expect(await train(cats, quick)).toMatchObject({
    ...{ ...none, state: 'COMPLETED' },
    identityProblem: 'Samples are not compared with the photos: too few of the photos show one clear face.',
    samples: [{ identityScore: null, faceCount: null }, { identityScore: null }],
    checkpoints: [{ isBest: false, identity: null }],
  });
  expect(await train(cats, { ...quick, samplePrompts: [] })).toMatchObject({
    ...{ ...none, identityProblem: 'Nothing is compared with the photos: it draws no samples.' },
  });
  env.IDENTITY_SCORES = 'off';
  expect(await train(cats, quick)).toMatchObject({
    ...{ ...none, identityProblem: 'Samples are not compared with the photos: IDENTITY_SCORES is off.' },
  });
});

test('a training ends well when the processes that find faces do not, and says so', async () => {
  const id = await start(await alikePortraits());
  await until(
    async () => {
      for (const pid of faceFindersOf(process.pid)) process.kill(pid, 'SIGKILL');
      return (await trainingOf(id)).state === 'COMPLETED';
    },
    'it is trained',
    { seconds: 25 },
  );
  const { log, ...training } = await trainingOf(id);
  expect(training).toMatchObject({
    identityProblem: 'Samples are not compared with the photos: it went wrong, and the log says how.',
    bestCheckpoint: null,
  });
  expect(log.filter(({ level }: Data) => level === 'WARN')).toMatchObject([
    { message: expect.stringMatching(/^2 of 2 photos were not looked through for faces: The process/) },
  ]);
});
