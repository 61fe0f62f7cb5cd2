import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import { filesBelow, newCharacter, uploadPhotos } from '#tests/uploads.ts';
import { env } from '../env.ts';

const api = await startServer({ worker: true });

const photo = async (seed: number) => ({
  name: `${seed}.jpg`,
  bytes: await drawPhoto({ seed, width: 200, height: 150 }),
});
const CONTENTS = 'images loras trainings generations samples outputs bytes';

const contentsOf = async (id: string) =>
  (await api.graphql(`query ($id: ID!) { character(id: $id) { contents { ${CONTENTS} } } }`, { id }))
    .character?.contents;

async function deleteCharacter(id: string) {
  const document = `mutation ($input: DeleteCharacterInput!) {
    deleteCharacter(input: $input) {
      __typename
      ... on UserError { code message }
      ... on NotFound { kind id }
      ... on DeleteCharacterSuccess { id receipt { ${CONTENTS} } }
    }
  }`;
  return (await api.graphql(document, { input: { id } })).deleteCharacter;
}

async function startTraining(characterId: string, steps: number): Promise<string> {
  const document = `mutation ($input: StartTrainingInput!) {
    startTraining(input: $input) { ... on UserError { message } ... on StartTrainingSuccess { training { id } } }
  }`;
  const config = { steps, sampleEvery: 20, checkpointEvery: 50, resolution: 512, rank: 4 };
  return (await api.graphql(document, { input: { characterId, config } })).startTraining.training.id;
}

async function startGeneration(loraIds: string[], toggles: object = {}): Promise<string> {
  const document = `mutation ($input: StartGenerationInput!) {
    startGeneration(input: $input) { ... on UserError { message } ... on StartGenerationSuccess { generation { id } } }
  }`;
  const input = {
    prompt: 'a portrait',
    width: 256,
    height: 256,
    steps: 2,
    count: 2,
    loras: loraIds.map((loraId) => ({ loraId })),
    ...toggles,
  };
  return (await api.graphql(document, { input })).startGeneration.generation.id;
}

const job = async (id: string) =>
  (await api.graphql('query ($id: ID!) { job(id: $id) { state step } }', { id })).job;
const completed = (id: string) =>
  until(async () => (await job(id)).state === 'COMPLETED', `job ${id} is completed`);

const loraOf = async (trainingId: string) =>
  (await api.graphql('query ($id: ID!) { training(id: $id) { lora { id } } }', { id: trainingId })).training
    .lora.id;

const filesWith = async (ids: string[]) =>
  (await filesBelow(env.VOLUME_ROOT)).filter((path) => ids.some((id) => path.includes(id)));

async function trained(triggerWord: string) {
  const id = await newCharacter(api, triggerWord);
  const { results } = await uploadPhotos(api, id, [await photo(1), await photo(2)]);
  const trainingId = await startTraining(id, 40);
  await completed(trainingId);
  return {
    id,
    trainingId,
    loraId: await loraOf(trainingId),
    images: results.map((result: { image: object }) => result.image),
  };
}

describe('deleteCharacter', () => {
  test('removes everything of it and nothing of others, and says what it was', {
    timeout: 60_000,
  }, async () => {
    const [gone, stays] = [await trained('gone'), await trained('stays')];
    const [alone, together, others] = [
      await startGeneration([gone.loraId]),
      await startGeneration([stays.loraId, gone.loraId]),
      await startGeneration([stays.loraId]),
    ];
    for (const id of [alone, together, others]) await completed(id);

    const contents = await contentsOf(gone.id);
    expect(contents).toMatchObject({ images: 2, loras: 1, trainings: 1, generations: 2, outputs: 4 });
    expect(contents.samples).toBeGreaterThan(0);
    const before = await contentsOf(stays.id);
    expect(before).toMatchObject({ images: 2, loras: 1, trainings: 1, generations: 2, outputs: 4 });
    const mine = [gone.id, gone.trainingId, alone, together];
    const onDisk = await Promise.all(
      (await filesWith(mine)).map(
        async (path) => (await import('node:fs')).statSync(join(env.VOLUME_ROOT, path)).size,
      ),
    );
    const sum = onDisk.reduce((total, size) => total + size, 0);
    // Cards beside LoRAs are files too, but small.
    expect(contents.bytes).toBeGreaterThan(sum * 0.95);
    expect(contents.bytes).toBeLessThanOrEqual(sum);

    expect(await deleteCharacter(gone.id)).toEqual({
      __typename: 'DeleteCharacterSuccess',
      id: gone.id,
      receipt: contents,
    });
    const document = `query ($id: ID!, $image: ID!, $lora: ID!, $training: ID!, $generation: ID!) {
      character(id: $id) { id } image(id: $image) { id } lora(id: $lora) { id }
      training(id: $training) { id } generation(id: $generation) { id } job(id: $generation) { id }
    }`;
    const ids = { id: gone.id, image: gone.images[0].id, lora: gone.loraId, training: gone.trainingId };
    for (const generation of [alone, together])
      expect(Object.values(await api.graphql(document, { ...ids, generation }))).toEqual(Array(6).fill(null));
    await until(async () => (await filesWith(mine)).length === 0, 'its files are removed');

    const after = await contentsOf(stays.id);
    expect(after).toMatchObject({
      images: 2,
      loras: 1,
      trainings: 1,
      generations: 1,
      outputs: 2,
      samples: before.samples,
    });
    for (const image of stays.images) expect((await fetch(api.url + image.small)).status).toBe(200);
    expect((await job(others)).state).toBe('COMPLETED');

    await deleteCharacter(stays.id);
    await until(async () => {
      const left = await filesBelow(env.VOLUME_ROOT);
      return !left.some((path) => /^(uploads|loras|outputs|cache)\//.test(path));
    }, 'the volume is empty');
  });

  test('stops what runs and what waits', async () => {
    const id = await newCharacter(api, 'running');
    await uploadPhotos(api, id, [await photo(5)]);
    const [running, waiting] = [await startTraining(id, 20_000), await startTraining(id, 20_000)];
    await until(async () => (await job(running)).step > 60, 'the first is training');
    expect(await contentsOf(id)).toMatchObject({ trainings: 2, generations: 0 });

    expect((await deleteCharacter(id)).receipt).toMatchObject({ images: 1, trainings: 2 });
    expect([await job(running), await job(waiting)]).toEqual([null, null]);
    // The worker is free again: it would be at those two for minutes.
    const next = await newCharacter(api, 'next');
    await uploadPhotos(api, next, [await photo(6)]);
    await completed(await startTraining(next, 20));
    await until(
      async () => (await filesWith([id, running, waiting])).length === 0,
      'their files are removed',
    );
  });

  test('photos that come meanwhile go too', async () => {
    const id = await newCharacter(api, 'meanwhile');
    const photos = await Promise.all(Array.from({ length: 8 }, (_, i) => photo(20 + i)));
    // Nothing is read of what was uploaded: it may be gone before its answer is complete.
    const document = 'mutation ($input: UploadImagesInput!) { uploadImages(input: $input) { __typename } }';
    const uploads = photos.map((file) =>
      api.upload(
        document,
        { input: { characterId: id, files: [null] } },
        { 'variables.input.files.0': file },
      ),
    );
    await uploads[0];
    expect((await deleteCharacter(id)).__typename).toBe('DeleteCharacterSuccess');
    for (const { uploadImages } of await Promise.all(uploads))
      expect(['UploadImagesSuccess', 'NotFound']).toContain(uploadImages.__typename);
    await until(async () => (await filesWith([id])).length === 0, 'its files are removed');
  });

  test('whoever is only seen in a reference photo is forgotten too, however often it was handed on', async () => {
    const id = await newCharacter(api, 'seen');
    const { results } = await uploadPhotos(api, id, [await photo(60)]);
    const shown = (reference: object) => startGeneration([], { ipAdapter: { reference, weight: 1 } });
    const outputOf = async (generationId: string) => {
      await completed(generationId);
      const document = 'query ($id: ID!) { generation(id: $id) { outputs { id } } }';
      return (await api.graphql(document, { id: generationId })).generation.outputs[0].id;
    };
    const first = await shown({ imageId: results[0].image.id });
    const second = await startGeneration([], {
      controlNet: { mode: 'POSE', reference: { outputId: await outputOf(first) }, strength: 1 },
    });
    const third = await shown({ outputId: await outputOf(second) });
    const other = await startGeneration([]);
    for (const generation of [third, other]) await completed(generation);

    expect(await contentsOf(id)).toMatchObject({ images: 1, generations: 3, outputs: 6 });
    expect((await deleteCharacter(id)).receipt).toMatchObject({ images: 1, generations: 3, outputs: 6 });
    for (const generation of [first, second, third]) expect(await job(generation)).toBeNull();
    expect((await job(other)).state).toBe('COMPLETED');
    await until(
      async () => (await filesWith([id, first, second, third])).length === 0,
      'its files are removed',
    );
  });

  test('many at once give one receipt', async () => {
    const id = await newCharacter(api, 'at once');
    await uploadPhotos(api, id, [await photo(40)]);
    const answers = await Promise.all(Array.from({ length: 5 }, () => deleteCharacter(id)));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'DeleteCharacterSuccess',
      ...Array(4).fill('NotFound'),
    ]);
    expect(await deleteCharacter('nonsense')).toEqual({
      __typename: 'NotFound',
      code: 'NOT_FOUND',
      message: 'There is no character with this id.',
      kind: 'character',
      id: 'nonsense',
    });
  });
});

describe('an image that a training learned from', () => {
  test('keeps its file when it is deleted, until the training goes', async () => {
    const { id, images, trainingId } = await trained('snapshot');
    const document = `mutation ($input: DeleteImagesInput!) {
      deleteImages(input: $input) { ... on DeleteImagesSuccess { deletedIds } }
    }`;
    const { results } = await uploadPhotos(api, id, [await photo(50)]);
    const ids = [images[0].id, results[0].image.id];
    expect((await api.graphql(document, { input: { ids } })).deleteImages.deletedIds).toEqual(ids);
    const uploads = () => filesBelow(join(env.VOLUME_ROOT, 'uploads', id));
    await until(async () => (await uploads()).length === 2, 'the file that no training used is removed');
    expect(await uploads()).toContain(`${images[0].sha256}.jpg`);

    const retry = `mutation ($input: RetryJobInput!) {
      retryJob(input: $input) { __typename ... on UserError { message } ... on RetryJobSuccess { job { id } } }
    }`;
    const { retryJob } = await api.graphql(retry, { input: { jobId: trainingId } });
    expect(retryJob.__typename).toBe('RetryJobSuccess');
    await completed(retryJob.job.id);
    await deleteCharacter(id);
    await until(async () => (await uploads()).length === 0, 'everything is removed');
  });
});
