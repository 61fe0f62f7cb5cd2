import {
  buildClientSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { expect, test, vi } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { db } from './db.ts';

const api = await startServer({ worker: true });
const photos = (await realPhotos()).slice(0, 1);

async function characterWithPhoto() {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, photos);
  return character;
}

const SHORT = { steps: 50, checkpointEvery: 50, samplePrompts: [] };

test('every type, root field, argument, input field and enum value says what it is', async () => {
  const schema = buildClientSchema(
    await api.graphql(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true })),
  );
  const isMissing: string[] = [];
  const look = (path: string, { description }: { description?: string | null }) => {
    if (!description?.trim()) isMissing.push(path);
  };
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
    if (!('getFields' in type) || isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const path = `${type.name}.${field.name}`;
      if (isObjectType(type) && roots.includes(type)) look(path, field);
      // One that says nothing is left out instead.
      if (field.description === '') isMissing.push(path);
      // Each mutation takes one `input`, whose type says what it is.
      for (const arg of field.args) if (arg.name !== 'input') look(`${path}(${arg.name})`, arg);
    }
  }
  expect(isMissing).toEqual([]);
});

test('a mutation shows what the one before it in the same document changed', async () => {
  const { id } = await characterWithPhoto();
  const { first, second } = await api.graphql(
    `mutation ($input: StartTrainingInput!) {
      first: startTraining(input: $input) { ...Started }
      second: startTraining(input: $input) { ...Started }
    }
    fragment Started on StartTrainingResult {
      ... on StartTrainingSuccess { training { id character { lastTraining { id number } } } }
    }`,
    { input: { characterId: id, config: SHORT } },
  );
  expect(first.training.character.lastTraining).toEqual({ id: first.training.id, number: 1 });
  expect(second.training.character.lastTraining).toEqual({ id: second.training.id, number: 2 });
  for (const { training } of [first, second]) await eventsOf(api, training.id);
});

/**
 * How many statements that read are built until `ask` is answered. The worker of this process reads now and then as well, so the
 * quietest of some tries counts.
 */
async function readsOf(ask: () => Promise<Data>) {
  let reads = Number.POSITIVE_INFINITY;
  let answer: Data;
  for (let i = 0; i < 5; i++) {
    const spies = (['select', 'selectDistinctOn', 'execute', '$count'] as const).map((name) =>
      vi.spyOn(db, name),
    );
    answer = await ask();
    reads = Math.min(
      reads,
      spies.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    );
    for (const spy of spies) spy.mockRestore();
  }
  return { answer, reads };
}

test('what belongs to the jobs of a list is read once for all of them, and each gets its own', async () => {
  const { id } = await characterWithPhoto();
  const started = [await startTraining(api, id, SHORT), await startTraining(api, id, SHORT)];
  for (const training of started) await eventsOf(api, training.id);
  const TRAININGS = `query ($id: ID!, $first: Int!) {
    trainings(characterId: $id, first: $first) { edges { node {
      id place { position } dataset { imageCount } checkpoints { step url } lora { id version }
    } } }
  }`;
  const trainings = (first: number) => readsOf(() => api.graphql(TRAININGS, { id, first }));
  const two = await trainings(2);
  const [newer, older] = two.answer.trainings.edges.map(({ node }: Data) => node);
  for (const [training, version] of [
    [newer, 2],
    [older, 1],
  ])
    expect(training).toMatchObject({
      place: null,
      dataset: { imageCount: 1 },
      checkpoints: [{ step: 50 }],
      lora: { version },
    });
  expect(newer.checkpoints[0].url).not.toBe(older.checkpoints[0].url);
  expect(two.reads).toBe((await trainings(1)).reads);

  const [old, young] = [older.lora.id, newer.lora.id].map((loraId) => ({ loraId, strength: 0.5 }));
  const image = { prompt: 'a photo', width: 256, height: 256, steps: 1 };
  for (const input of [
    { ...image, count: 2, loras: [young, old] },
    { ...image, count: 1, loras: [old] },
  ])
    await eventsOf(api, (await startGeneration(api, input)).id);
  const GENERATIONS = `query ($id: ID!, $first: Int!) {
    generations(characterId: $id, first: $first) { edges { node { outputs { index generation { count } } loras { lora { id } } } } }
  }`;
  const generations = (first: number) => readsOf(() => api.graphql(GENERATIONS, { id, first }));
  const both = await generations(2);
  expect(both.answer.generations.edges.map(({ node }: Data) => node)).toEqual([
    { outputs: [{ index: 0, generation: { count: 1 } }], loras: [{ lora: { id: old?.loraId } }] },
    {
      outputs: [0, 1].map((index) => ({ index, generation: { count: 2 } })),
      loras: [young, old].map((use) => ({ lora: { id: use?.loraId } })),
    },
  ]);
  expect(both.reads).toBe((await generations(1)).reads);
});

test('places in several lines are read once, and counted in each line apart', async () => {
  const { id } = await characterWithPhoto();
  const QUEUES = ['training.fast-test', 'generation.fast-test'];
  const set = (mutation: string, queue: string) =>
    api.graphql(`mutation ($queue: String!) { ${mutation}(input: { queue: $queue }) { __typename } }`, {
      queue,
    });
  for (const queue of QUEUES) await set('pauseQueue', queue);
  const waiting: Data[] = [];
  for (let i = 0; i < 2; i++) {
    waiting.push(await startTraining(api, id, SHORT));
    waiting.push(await startGeneration(api, { prompt: 'a photo', width: 256, height: 256, steps: 1 }));
  }
  const LINE =
    'query ($first: Int!) { jobs(states: [QUEUED], first: $first) { edges { node { id place { position } } } } }';
  const line = (first: number) => readsOf(() => api.graphql(LINE, { first }));
  const all = await line(4);
  const placeOf = new Map(all.answer.jobs.edges.map(({ node }: Data) => [node.id, node.place.position]));
  expect(waiting.map((job) => placeOf.get(job.id))).toEqual([1, 1, 2, 2]);
  expect(all.reads).toBe((await line(1)).reads);

  await api.graphql('mutation { cancelAllJobs(input: {}) { __typename } }');
  for (const queue of QUEUES) await set('resumeQueue', queue);
});
