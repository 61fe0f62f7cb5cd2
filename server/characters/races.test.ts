import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, startTraining, uploadImages } from '#tests/steps.ts';
import { db } from '../db.ts';
import { addLora, takeVersion } from '../loras/loras.ts';

// No worker: what waits goes on waiting, and a LoRA is written by hand.
const api = await startServer();
const ROUNDS = 10;
const PHOTOS = 6;
const photos = await Promise.all(
  Array.from({ length: PHOTOS }, async (_, seed) => ({
    name: `${seed}.jpg`,
    bytes: await drawPhoto({ seed, width: 100, height: 100 }),
  })),
);

async function characterWithPhotos(): Promise<{ id: string; imageIds: string[] }> {
  const { id } = await createCharacter(api);
  const results = await uploadImages(api, id, photos);
  return { id, imageIds: results.map(({ image }) => image.id) };
}

const loraOf = (characterId: string) =>
  db.transaction(async (tx) => {
    const version = await takeVersion(tx, characterId);
    const name = `Mara v${version}`;
    const weights = {
      baseModel: 'fast-test',
      family: 'fast-test',
      rank: 4,
      triggerWord: 'mara',
      bytes: 1,
      sha256: '0'.repeat(64),
    };
    return addLora(tx, { characterId, version, name, ...weights });
  });

/** The one field of a mutation. A top-level error is a failure of the test: it would be masked as an outage. */
const send = async (field: string, Input: string, input: object, success = ''): Promise<Data> => {
  const document = `mutation ($input: ${Input}!) { ${field}(input: $input) { __typename ... on UserError { code message } ${success} } }`;
  return (await api.graphql(document, { input }))[field];
};
const train = (characterId: string) =>
  send('startTraining', 'StartTrainingInput', { characterId, config: { steps: 1, samplePrompts: [] } });
const generate = (input: object) =>
  send(
    'startGeneration',
    'StartGenerationInput',
    { prompt: 'a portrait', width: 256, height: 256, ...input },
    '... on StartGenerationSuccess { generation { id } }',
  );
const deleteCharacter = (id: string) => send('deleteCharacter', 'DeleteCharacterInput', { id });
const caption = (imageId: string) =>
  send('captionImage', 'CaptionImageInput', { imageId, caption: 'a photo' });
const cancel = (jobId: string) => send('cancelJob', 'CancelJobInput', { jobId });
const retry = (jobId: string) => send('retryJob', 'RetryJobInput', { jobId });

const typesOf = (results: Data[]) => results.map(({ __typename }) => __typename);
const allAreOf = (results: Data[], ...types: string[]) => {
  for (const type of typesOf(results)) expect(types).toContain(type);
};

test('two trainings start while photos are deleted', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { id, imageIds } = await characterWithPhotos();
    const results = await Promise.all([
      train(id),
      send('deleteImages', 'DeleteImagesInput', { ids: imageIds.slice(1).reverse() }),
      train(id),
    ]);
    expect(typesOf(results)).toEqual(['StartTrainingSuccess', 'DeleteImagesSuccess', 'StartTrainingSuccess']);
  }
});

test('photos get captions while their character is deleted', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { id, imageIds } = await characterWithPhotos();
    const [deleted, ...captioned] = await Promise.all([
      deleteCharacter(id),
      ...imageIds.toReversed().map(caption),
    ]);
    expect(deleted.__typename).toBe('DeleteCharacterSuccess');
    allAreOf(captioned, 'CaptionImageSuccess', 'NotFound');
  }
});

test('a job is tried again and a generation starts while their character is deleted', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { id } = await characterWithPhotos();
    const lora = await loraOf(id);
    const loras = [{ loraId: lora.id }];
    const training = await startTraining(api, id, { steps: 1, samplePrompts: [] });
    const { generation } = await generate({ loras });
    for (const job of [training, generation]) await cancel(job.id);
    const [deleted, ...started] = await Promise.all([
      deleteCharacter(id),
      retry(training.id),
      generate({ loras }),
      retry(generation.id),
      retry(training.id),
    ]);
    expect(deleted.__typename).toBe('DeleteCharacterSuccess');
    allAreOf(started, 'RetryJobSuccess', 'StartGenerationSuccess', 'NotFound', 'TooFewImages');
    const { jobs } = await api.graphql(
      'query ($id: ID!) { jobs(characterId: $id) { edges { node { id } } } }',
      { id },
    );
    expect(jobs.edges).toEqual([]);
  }
});

test('a generation starts while its LoRA is deleted: one of them comes first', async () => {
  const { id } = await characterWithPhotos();
  for (let round = 0; round < 25; round++) {
    const lora = await loraOf(id);
    const force = round % 2 === 1;
    const [deleted, ...started] = await Promise.all([
      send('deleteLora', 'DeleteLoraInput', { loraId: lora.id, force }),
      generate({ loras: [{ loraId: lora.id }] }),
      generate({ loras: [{ loraId: lora.id }] }),
    ]);
    allAreOf(started, 'StartGenerationSuccess', 'NotFound');
    expect(deleted.__typename).toBe(
      force || started.every(({ __typename }) => __typename === 'NotFound')
        ? 'DeleteLoraSuccess'
        : 'LoraInUse',
    );
    for (const { generation } of started.filter((result) => result.generation)) {
      const { job } = await api.graphql('query ($id: ID!) { job(id: $id) { state } }', { id: generation.id });
      expect(job.state).toBe(force ? 'CANCELLED' : 'QUEUED');
    }
  }
});
