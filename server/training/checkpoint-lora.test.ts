import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';

const api = await startServer({ worker: true });

const CREATE = `mutation ($id: ID!, $key: String) { createLora(input: { checkpointId: $id }, idempotencyKey: $key) {
  __typename
  ... on CreateLoraSuccess { lora {
    id name version origin step baseModel family rank triggerWord bytes sha256 finalLoss url training { id } character { id }
  } }
  ... on NotFound { kind }
} }`;
const TRAINING = `query ($id: ID!) { training(id: $id) {
  lora { id step } metrics(points: 5000) { step loss } checkpoints { id step bytes sha256 lora { id } }
} }`;

async function trained(config: object): Promise<{ id: string; training: Data; triggerWord: string }> {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
  const { id } = await startTraining(api, character.id, { rank: 4, samplePrompts: [], ...config });
  await eventsOf(api, id);
  const { training } = await api.graphql(TRAINING, { id });
  return { id, training, triggerWord: character.triggerWord };
}
const create = async (id: string, key?: string): Promise<Data> =>
  (await api.graphql(CREATE, { id, key })).createLora;

test('a checkpoint becomes the next version of its character, and is generated with', async () => {
  const { id, training, triggerWord } = await trained({
    steps: 300,
    checkpointEvery: 100,
    keepCheckpoints: 3,
  });
  const checkpoint = training.checkpoints.find((one: Data) => one.step === 200);
  const { lora } = await create(checkpoint.id);
  expect(lora).toMatchObject({
    name: 'Mara v2',
    version: 2,
    origin: 'TRAINED',
    step: 200,
    rank: 4,
    triggerWord,
    bytes: checkpoint.bytes,
    sha256: checkpoint.sha256,
    finalLoss: training.metrics.find((metric: Data) => metric.step === 200).loss,
    training: { id },
  });
  const after = (await api.graphql(TRAINING, { id })).training;
  // What the training ended with stays what it was.
  expect(after.lora).toEqual({ id: training.lora.id, step: 300 });
  expect(after.checkpoints.map((one: Data) => [one.step, one.lora?.id ?? null])).toEqual([
    [300, training.lora.id],
    [200, lora.id],
    [100, null],
  ]);
  const file = await fetch(api.url + lora.url);
  expect(Buffer.from(await file.arrayBuffer()).byteLength).toBe(checkpoint.bytes);

  const { id: generationId } = await startGeneration(api, {
    prompt: triggerWord,
    width: 256,
    height: 256,
    loras: [{ loraId: lora.id }],
  });
  const events = await eventsOf(api, generationId);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED' });
});

test('it becomes one LoRA, however often and by whomever it is asked for', async () => {
  const { training } = await trained({ steps: 200, checkpointEvery: 100 });
  const checkpoint = training.checkpoints.find((one: Data) => one.step === 100);
  const made = await Promise.all([
    create(checkpoint.id),
    create(checkpoint.id),
    create(checkpoint.id, 'k-1'),
  ]);
  expect(new Set(made.map(({ lora }) => lora.id)).size).toBe(1);
  expect((await create(checkpoint.id, 'k-1')).lora).toEqual(made[0]?.lora);
  // The last one is the LoRA that there is.
  const last = training.checkpoints.find((one: Data) => one.step === 200);
  expect((await create(last.id)).lora.id).toBe(training.lora.id);
});

test('a checkpoint that is not there is named', async () => {
  for (const id of ['nothing', crypto.randomUUID()])
    expect(await create(id)).toEqual({ __typename: 'NotFound', kind: 'checkpoint' });
});
