import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq, gt } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { jobs } from '#schema/jobs.ts';
import { checkpoints } from '#schema/training.ts';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { engineNames } from '../capabilities.ts';
import { db } from '../db.ts';
import { readSafetensorsHeader } from '../storage/safetensors.ts';

const api = await startServer({ worker: true });
const photos = (await realPhotos()).slice(0, 5);

const START = `mutation ($input: StartTrainingInput!) {
  startTraining(input: $input) {
    __typename
    ... on StartTrainingSuccess { training { id title number preset baseModel config { steps rank alpha optimizer scheduler samplePrompts seed } } }
    ... on UserError { code message }
    ... on InvalidInput { issues { field message } }
    ... on TooFewImages { have need }
    ... on UnsupportedParameter { parameter reason }
    ... on NotFound { kind id }
  }
}`;
const start = async (input: object) => (await api.graphql(START, { input })).startTraining;

const TRAINING = `query ($id: ID!) {
  training(id: $id) {
    id kind state stage title number step steps stepsPerSecond elapsedSeconds attempt engine correlationId isCancelling place { position }
    error { code message advice suggestion { resolution rank batchSize } } eta { seconds } workerId createdAt startedAt finishedAt cursor
    character { id name lastTraining { id } newestLora { id } loraCount }
    baseModel preset triggerWord loss learningRate gpu { utilisation } resumedFrom { step } retryOf { id }
    config { method steps learningRate batchSize resolution rank alpha optimizer scheduler precision gradientAccumulation
      captionDropout sampleEvery samplePrompts checkpointEvery keepCheckpoints seed }
    dataset { id imageCount createdAt }
    metrics(points: 1000) { step loss smoothedLoss learningRate }
    samples(first: 500) { edges { node { id step promptIndex prompt seed width height thumbHash createdAt url thumbnailUrl(size: LARGE) } } }
    checkpoints { id step bytes sha256 createdAt url }
    lora { id name version rank baseModel triggerWord bytes sha256 finalLoss createdAt url training { id } character { id } }
    log(first: 500) { edges { node { cursor at level message } } }
  }
}`;
const trainingOf = async (id: string) => (await api.graphql(TRAINING, { id })).training;

async function characterWithPhotos() {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, photos);
  return character;
}

test('a training learns, samples, saves, and leaves a LoRA with its card', async () => {
  const character = await characterWithPhotos();
  const config = {
    steps: 60,
    sampleEvery: 20,
    checkpointEvery: 50,
    rank: 4,
    learningRate: 1e-3,
    seed: 1,
    samplePrompts: ['a photo of {trigger}'],
  };
  const { id } = await startTraining(api, character.id, config);
  const events = await eventsOf(api, id);

  expect(events.map(({ cursor }) => Number(cursor))).toEqual(events.map((_, i) => i + 1));
  expect(events.at(-1)).toMatchObject({ __typename: 'JobStateChanged', state: 'COMPLETED', attempt: 1 });
  const stages = events.filter((event) => event.__typename === 'JobStageChanged').map(({ stage }) => stage);
  expect(new Set(stages)).toEqual(
    new Set(['PREPARING', 'LOADING_MODEL', 'CACHING', 'TRAINING', 'SAMPLING', 'SAVING', 'EXPORTING']),
  );

  const training = await trainingOf(id);
  expect(training).toMatchObject({
    state: 'COMPLETED',
    kind: 'TRAINING',
    step: 60,
    steps: 60,
    attempt: 1,
    error: null,
    stage: null,
    engine: 'fast-test',
    title: `${character.name} · training 1`,
    number: 1,
    triggerWord: character.triggerWord,
    character: { id: character.id, lastTraining: { id }, loraCount: 1 },
    dataset: { imageCount: 5 },
    config: { ...config, alpha: 4, method: 'LORA', optimizer: 'ADAMW8BIT', scheduler: 'COSINE' },
    cursor: events.at(-1).cursor,
  });

  // What streamed by is what is stored.
  const streamed = events.flatMap(({ metrics = [] }: Data) => metrics);
  expect(streamed.map(({ step }: Data) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  expect(training.metrics).toMatchObject(streamed);
  const meanLoss = (metrics: Data[]) => metrics.reduce((sum, { loss }) => sum + loss, 0) / metrics.length;
  expect(meanLoss(training.metrics.slice(-15))).toBeLessThan(meanLoss(training.metrics.slice(0, 15)));
  expect(training.loss).toBe(training.metrics.at(-1).loss);

  const samples = training.samples.edges.map(({ node }: Data) => node);
  expect(samples.map(({ step }: Data) => step)).toEqual([20, 40, 60]);
  expect(samples[0].prompt).toBe(`a photo of ${character.triggerWord}`);
  for (const sample of samples) {
    const [png, thumbnail] = await Promise.all([
      fetch(api.url + sample.url),
      fetch(api.url + sample.thumbnailUrl),
    ]);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
  }
  expect(training.checkpoints.map(({ step }: Data) => step)).toContain(50);
  expect(training.log.edges.length).toBeGreaterThan(3);

  const { lora } = training;
  expect(lora).toMatchObject({ name: `${character.name} v1`, version: 1, rank: 4, training: { id } });
  const file = join(process.env.VOLUME_ROOT ?? '', 'loras', character.id, 'v1.safetensors');
  expect((await stat(file)).size).toBe(lora.bytes);
  expect((await readSafetensorsHeader(file)).metadata.get('modelspec.architecture')).toBe(
    'isengard-fast-test/lora',
  );
  const card = JSON.parse(await readFile(file.replace('.safetensors', '.json'), 'utf8'));
  expect(card).toMatchObject({
    version: 1,
    sha256: lora.sha256,
    training: { number: 1, config: { steps: 60 } },
  });
  expect(card.dataset.images).toHaveLength(5);
  const download = await fetch(api.url + lora.url);
  expect(download.headers.get('content-disposition')).toContain('attachment');
  expect((await download.arrayBuffer()).byteLength).toBe(lora.bytes);
});

test('20 trainings started at once on one character give 20 versions', async () => {
  const character = await characterWithPhotos();
  const config = { steps: 2, samplePrompts: [], checkpointEvery: 2000, rank: 4 };
  const trainings = await Promise.all(
    Array.from({ length: 20 }, () => startTraining(api, character.id, config)),
  );
  const numbers = trainings.map(({ number }) => number).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));

  const { loras } = await until(
    async () => {
      const answer = await api.graphql(
        'query ($id: ID!) { loras(characterId: $id, first: 50) { edges { node { version } } } }',
        { id: character.id },
      );
      return answer.loras.edges.length === 20 && answer;
    },
    'all 20 are trained',
    { seconds: 60 },
  );
  const versions = loras.edges.map(({ node }: Data) => node.version);
  // The newest first, and v10 is newer than v9.
  expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
}, 90_000);

test('cancelling stops the work: no later step, no LoRA, and CANCELLED for ever', async () => {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, {
    steps: 20_000,
    sampleEvery: 1000,
    checkpointEvery: 2000,
  });
  await until(async () => (await trainingOf(id)).step >= 10, 'it trains');
  const CANCEL = `mutation ($id: ID!) {
    cancelJob(input: { jobId: $id }) {
      __typename
      ... on CancelJobSuccess { job { id state isCancelling } }
      ... on JobHasEnded { code message job { id state } }
    }
  }`;
  const { cancelJob } = await api.graphql(CANCEL, { id });
  expect(cancelJob.job.id).toBe(id);

  const events = await eventsOf(api, id);
  expect(events.at(-1)).toMatchObject({ state: 'CANCELLED' });
  const training = await trainingOf(id);
  expect(training).toMatchObject({ state: 'CANCELLED', lora: null, stage: null, isCancelling: false });
  expect(training.step).toBeLessThan(20_000);
  // What was done is kept: it can be resumed from there.
  expect(training.checkpoints[0].step).toBeGreaterThanOrEqual(10);

  expect((await api.graphql(CANCEL, { id })).cancelJob).toMatchObject({
    __typename: 'JobHasEnded',
    code: 'JOB_HAS_ENDED',
    job: { id, state: 'CANCELLED' },
  });
  // Another job runs from start to end, and the cancelled one has not moved meanwhile.
  const other = await startTraining(api, character.id, { steps: 5, sampleEvery: 1000 });
  await eventsOf(api, other.id);
  expect({ ...(await trainingOf(id)), character: training.character }).toEqual(training);

  const RESUME = `mutation ($id: ID!) {
    resumeTraining(input: { trainingId: $id }) {
      __typename
      ... on ResumeTrainingSuccess { training { id step triggerWord retryOf { id } resumedFrom { step } metrics { step } dataset { id } } }
      ... on UserError { code message }
      ... on NoCheckpoint { training { id } }
      ... on JobHasNotEnded { job { id } }
    }
  }`;
  // The weights know the word that they learned, whatever the character is called now.
  const RENAME = `mutation ($input: UpdateCharacterInput!) {
    updateCharacter(input: $input) { ... on UpdateCharacterSuccess { character { triggerWord } } }
  }`;
  const triggerWord = `renamed ${crypto.randomUUID().slice(0, 8)}`;
  const { updateCharacter } = await api.graphql(RENAME, { input: { id: character.id, triggerWord } });
  expect(updateCharacter.character.triggerWord).toBe(triggerWord);
  const { resumeTraining } = await api.graphql(RESUME, { id });
  const resumed = resumeTraining.training;
  expect(resumed).toMatchObject({ retryOf: { id }, resumedFrom: { step: training.checkpoints[0].step } });
  expect(resumed.dataset.id).toBe(training.dataset.id);
  expect(resumed.triggerWord).toBe(training.triggerWord);
  await until(async () => (await trainingOf(resumed.id)).step > training.checkpoints[0].step, 'it goes on');
  expect((await api.graphql(RESUME, { id: resumed.id })).resumeTraining.__typename).toBe('JobHasNotEnded');
  await api.graphql(CANCEL, { id: resumed.id });
  await eventsOf(api, resumed.id);
  const steps = (await api.graphql(TRAINING, { id: resumed.id })).training.metrics.map(
    ({ step }: Data) => step,
  );
  expect(new Set(steps).size).toBe(steps.length);

  expect((await api.graphql(RESUME, { id: other.id })).resumeTraining).toMatchObject({
    __typename: 'NoCheckpoint',
    code: 'NO_CHECKPOINT',
    training: { id: other.id },
  });
  // What one engine saved, another cannot read.
  const engineOf = (job: string, engine: string) => db.update(jobs).set({ engine }).where(eq(jobs.id, job));
  await engineOf(id, 'another');
  expect((await api.graphql(RESUME, { id })).resumeTraining.__typename).toBe('NoCheckpoint');
  await engineOf(id, engineNames.training);
  const again = (await api.graphql(RESUME, { id })).resumeTraining;
  expect(again.__typename).toBe('ResumeTrainingSuccess');
  await api.graphql(CANCEL, { id: again.training.id });
  await eventsOf(api, again.training.id);
});

test('a training that completed is not resumed, though it has a checkpoint before its end', async () => {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, {
    steps: 60,
    checkpointEvery: 50,
    samplePrompts: [],
  });
  await eventsOf(api, id);
  await db.delete(checkpoints).where(and(eq(checkpoints.jobId, id), gt(checkpoints.step, 50)));
  const document = 'mutation ($id: ID!) { resumeTraining(input: { trainingId: $id }) { __typename } }';
  expect((await api.graphql(document, { id })).resumeTraining.__typename).toBe('NoCheckpoint');
});

test('what the engine cannot do or the limits forbid is refused with its name', async () => {
  const character = await characterWithPhotos();
  const characterId = character.id;
  const bad = {
    steps: 20_001,
    learningRate: 1,
    batchSize: 9,
    resolution: 700,
    rank: 3,
    keepCheckpoints: 11,
    captionDropout: 2,
  };
  const refused = await start({ characterId, config: bad });
  expect(refused).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT' });
  expect(refused.issues.map(({ field }: Data) => field).sort()).toEqual(
    Object.keys(bad)
      .map((name) => `config.${name}`)
      .sort(),
  );
  expect(refused.issues.find(({ field }: Data) => field === 'config.steps').message).toContain('20000');

  const prompts = await start({ characterId, config: { samplePrompts: ['a', 'b', 'c', 'd', 'e', 'f'] } });
  expect(prompts.issues).toMatchObject([{ field: 'config.samplePrompts' }]);
  expect(await start({ characterId, baseModel: 'no-such-model' })).toMatchObject({
    __typename: 'UnsupportedParameter',
    parameter: 'baseModel',
  });
  const nobody = crypto.randomUUID();
  expect(await start({ characterId: nobody })).toMatchObject({
    __typename: 'NotFound',
    kind: 'character',
    id: nobody,
  });
  expect(await start({ characterId: 'not an id' })).toMatchObject({ __typename: 'NotFound' });
  const empty = await createCharacter(api);
  expect(await start({ characterId: empty.id })).toMatchObject({
    __typename: 'TooFewImages',
    have: 0,
    need: 1,
  });
  // A refused training took no number and left nothing.
  const { trainings } = await api.graphql(
    'query ($id: ID!) { trainings(characterId: $id) { edges { node { id } } } }',
    {
      id: empty.id,
    },
  );
  expect(trainings.edges).toEqual([]);
});

test('presets come from the server, and the seed that was drawn is told', async () => {
  const { capabilities } = await api.graphql(
    '{ capabilities { training { presets { name label description config { steps learningRate rank resolution optimizer scheduler } } } } }',
  );
  const presets = Object.fromEntries(
    capabilities.training.presets.map((preset: Data) => [preset.name, preset.config]),
  );
  expect(presets).toMatchObject({
    QUICK: { steps: 500, learningRate: 2e-4, rank: 8, resolution: 768, scheduler: 'CONSTANT' },
    BALANCED: { steps: 1000, learningRate: 1e-4, rank: 16, resolution: 1024, scheduler: 'COSINE' },
    QUALITY: {
      steps: 2000,
      learningRate: 5e-5,
      rank: 32,
      optimizer: 'PRODIGY',
      scheduler: 'COSINE_WITH_RESTARTS',
    },
    CUSTOM: { steps: 1000, rank: 16 },
  });
  // A form that starts from the defaults of the parameters is the custom preset.
  const { capabilities: engine } = await api.graphql(`{ capabilities { training { parameters {
    name ... on NumberParameter { defaultNumber } ... on ChoiceParameter { defaultChoice }
  } } } }`);
  const custom = await start({
    characterId: (await characterWithPhotos()).id,
    preset: 'CUSTOM',
    config: { steps: 1 },
  });
  const { config } = (await trainingOf(custom.training.id)) as Data;
  for (const { name, defaultNumber, defaultChoice } of engine.training.parameters) {
    const given = defaultNumber ?? defaultChoice;
    if (given !== undefined && given !== null && name !== 'steps')
      expect(String(config[name]), name).toBe(String(given));
  }
  await eventsOf(api, custom.training.id);
  const character = await characterWithPhotos();
  const { training } = await start({
    characterId: character.id,
    preset: 'QUICK',
    config: { steps: 1, rank: 4 },
  });
  expect(training.config).toMatchObject({ steps: 1, rank: 4, alpha: 4, scheduler: 'CONSTANT' });
  expect(training.config.seed).toBeGreaterThan(0);
  await eventsOf(api, training.id);
});
