import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { idempotencyKeys } from '#schema/idempotency.ts';
import { checkpoints } from '#schema/training.ts';
import type { Data } from '#tests/api.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { db } from './db.ts';
import { forgetOldKeys } from './idempotency.ts';

const api = await startServer();
const photo = { name: 'a.jpg', bytes: await drawPhoto({ seed: 1, width: 96, height: 96 }) };

const newWord = () => `word ${crypto.randomUUID().slice(0, 8)}`;
const newKey = () => crypto.randomUUID();

async function characterWithPhoto(): Promise<string> {
  const { id } = await createCharacter(api);
  await uploadImages(api, id, [photo]);
  return id;
}

const PICTURE = { prompt: 'a lighthouse', width: 256, height: 256, steps: 1 };

async function cancelled(job: { id: string }): Promise<string> {
  await api.graphql(`mutation { cancelJob(input: { jobId: "${job.id}" }) { __typename } }`);
  return job.id;
}

async function resumable(): Promise<string> {
  const jobId = await cancelled(await startTraining(api, await characterWithPhoto()));
  await db.insert(checkpoints).values({ jobId, step: 50, bytes: 1, sha256: 'a'.repeat(64) });
  return jobId;
}

/** Of each mutation an input, one that differs from it, and what tells what it made. */
const OPERATIONS: Record<string, { made: string; inputs: () => Promise<{ input: object; other: object }> }> =
  {
    createCharacter: {
      made: 'made: character { id triggerWord createdAt }',
      inputs: async () => {
        const input = { name: 'Mara', triggerWord: newWord() };
        return { input, other: { ...input, name: 'Tom' } };
      },
    },
    startTraining: {
      made: 'made: training { id number config { seed } }',
      inputs: async () => {
        const input = { characterId: await characterWithPhoto(), config: { steps: 50 } };
        return { input, other: { ...input, config: { steps: 60 } } };
      },
    },
    resumeTraining: {
      made: 'made: training { id number }',
      inputs: async () => ({ input: { trainingId: await resumable() }, other: { trainingId: newKey() } }),
    },
    retryJob: {
      made: 'made: job { id retryOf { id } }',
      inputs: async () => ({
        input: { jobId: await cancelled(await startGeneration(api, PICTURE)) },
        other: { jobId: newKey() },
      }),
    },
    startGeneration: {
      made: 'made: generation { id seed }',
      inputs: async () => ({ input: PICTURE, other: { ...PICTURE, prompt: 'a fox' } }),
    },
    repeatGeneration: {
      made: 'made: generation { id seed }',
      inputs: async () => {
        const { id } = await startGeneration(api, PICTURE);
        return { input: { generationId: id, newSeed: true }, other: { generationId: id } };
      },
    },
  };

async function ask(operation: string, input: object, key: string | null): Promise<Data> {
  const type = operation.charAt(0).toUpperCase() + operation.slice(1);
  const document = `mutation ($input: ${type}Input!, $key: String) {
    result: ${operation}(input: $input, idempotencyKey: $key) {
      __typename
      ... on UserError { code message }
      ... on IdempotencyConflict { operation }
      ... on InvalidInput { issues { field } }
      ... on NotFound { kind id }
      ${OPERATIONS[operation] ? `... on ${type}Success { ${OPERATIONS[operation].made} }` : ''}
    }
  }`;
  return (await api.graphql(document, { input, key })).result;
}

const times = <Result>(count: number, what: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, what));

async function countAll(): Promise<number> {
  const document = 'query { characters { totalCount } jobs(first: 100) { edges { node { id } } } }';
  const { characters, jobs } = await api.graphql(document);
  return characters.totalCount + jobs.edges.length;
}

const conflict = (operation: string) => ({
  __typename: 'IdempotencyConflict',
  code: 'IDEMPOTENCY_CONFLICT',
  operation,
});

test.each(Object.entries(OPERATIONS))('%s with one key happens once', async (operation, { inputs }) => {
  const { input, other } = await inputs();
  const key = newKey();
  const before = await countAll();

  const answers = await times(20, () => ask(operation, input, key));
  expect(answers[0].made.id).toEqual(expect.any(String));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await ask(operation, input, key)).toEqual(answers[0]);
  expect(await countAll()).toBe(before + 1);

  expect(await ask(operation, other, key)).toMatchObject(conflict(operation));
  const another = operation === 'startGeneration' ? 'retryJob' : 'startGeneration';
  const foreign = another === 'retryJob' ? { jobId: newKey() } : PICTURE;
  expect(await ask(another, foreign, key)).toMatchObject(conflict(operation));
  expect(await countAll()).toBe(before + 1);

  for (const malformed of ['', 'x'.repeat(256), 'schlüssel', 'two\nlines', '\u0000'])
    expect(await ask(operation, input, malformed)).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ field: 'idempotencyKey' }],
    });
});

test('without a key, and with another, it happens again', async () => {
  const ids = [null, null, newKey(), ' ~'.repeat(127)].map(async (key) => {
    const { made } = await ask('startGeneration', PICTURE, key);
    return made.id;
  });
  expect(new Set(await Promise.all(ids)).size).toBe(4);
});

test('twenty inputs at once under one key: one is the first, and the others conflict', async () => {
  const key = newKey();
  let made = 0;
  const answers = await times(20, () => ask('startGeneration', { ...PICTURE, seed: made++ }, key));
  expect(answers.filter((answer) => answer.made)).toHaveLength(1);
  for (const answer of answers.filter(({ made }) => !made))
    expect(answer).toMatchObject(conflict('startGeneration'));
});

test('twenty keys at once that want the same word: one has it, and the others are told who', async () => {
  const triggerWord = newWord();
  const answers = await times(20, () => ask('createCharacter', { name: 'Mara', triggerWord }, newKey()));
  expect(answers.filter((answer) => answer.made)).toHaveLength(1);
  expect(answers.filter(({ code }) => code === 'TRIGGER_WORD_TAKEN')).toHaveLength(19);
});

test('what was refused leaves the key unused', async () => {
  const { id } = await createCharacter(api);
  const key = newKey();
  const start = () => ask('startTraining', { characterId: id }, key);
  for (const answer of await times(5, start)) expect(answer.code).toBe('TOO_FEW_IMAGES');
  await uploadImages(api, id, [photo]);
  const { made } = await start();
  expect(made.number).toBe(1);
  // What refused it once does not matter any more, and neither does what would refuse it now.
  const { edges } = (await api.graphql(`{ character(id: "${id}") { images { edges { node { id } } } } }`))
    .character.images;
  await api.graphql(`mutation { deleteImages(input: { ids: ["${edges[0].node.id}"] }) { __typename } }`);
  expect((await start()).made).toEqual(made);
});

test('the answer is what was made as it is now', async () => {
  const input = { name: 'Mara', triggerWord: newWord() };
  const key = newKey();
  const { id } = (await ask('createCharacter', input, key)).made;
  const triggerWord = newWord();
  const UPDATE = 'mutation ($input: UpdateCharacterInput!) { updateCharacter(input: $input) { __typename } }';
  await api.graphql(UPDATE, { input: { id, triggerWord } });
  expect((await ask('createCharacter', input, key)).made).toMatchObject({ id, triggerWord });

  await api.graphql(`mutation { deleteCharacter(input: { id: "${id}" }) { __typename } }`);
  expect(await ask('createCharacter', input, key)).toMatchObject({
    __typename: 'NotFound',
    kind: 'character',
    id,
  });
});

test('a key is forgotten after a day', async () => {
  const key = newKey();
  const first = await ask('startGeneration', PICTURE, key);
  await db.update(idempotencyKeys).set({ createdAt: sql`now() - interval '23 hours 59 minutes'` });
  await forgetOldKeys();
  expect(await ask('startGeneration', PICTURE, key)).toEqual(first);

  await db.update(idempotencyKeys).set({ createdAt: sql`now() - interval '24 hours 1 second'` });
  const kept = await db.$count(idempotencyKeys);
  expect(await forgetOldKeys()).toBe(kept);
  expect(await ask('startGeneration', { ...PICTURE, prompt: 'a fox' }, key)).toMatchObject({
    __typename: 'StartGenerationSuccess',
  });
});

/** They set something to what it may be already, so that doing it twice is doing it once. */
const REPEATABLE = ['resumeQueue', 'resumeWorker'];
/** Its answer holds a secret, which is not to be kept. */
const TOLD_ONCE = ['createApiKey', 'createFileLink'];

test('every mutation that creates or starts takes a key, and says when it conflicts', async () => {
  const { __schema } = await api.graphql(`{ __schema { mutationType { fields {
    name args { name } type { ofType { possibleTypes { name } } }
  } } } }`);
  const creating = __schema.mutationType.fields.filter(
    ({ name }: Data) =>
      /^(create|start|upload|retry|resume|repeat)[A-Z]/.test(name) &&
      ![...REPEATABLE, ...TOLD_ONCE].includes(name),
  );
  expect(creating.map(({ name }: Data) => name)).toEqual(expect.arrayContaining(Object.keys(OPERATIONS)));
  const names = (items: { name: string }[]) => items.map(({ name }) => name);
  for (const { name, args, type } of creating) {
    expect(names(args), name).toContain('idempotencyKey');
    expect(names(type.ofType.possibleTypes), name).toEqual(
      expect.arrayContaining(['IdempotencyConflict', 'InvalidInput', 'NotFound']),
    );
  }
});
