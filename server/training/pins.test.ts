import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';

const api = await startServer({ worker: true });

const TRAINING = 'query ($id: ID!) { training(id: $id) { checkpoints { id step isPinned url } } }';
const set = async (mutation: 'pinCheckpoint' | 'unpinCheckpoint', checkpointId: string): Promise<Data> => {
  const success = mutation === 'pinCheckpoint' ? 'PinCheckpointSuccess' : 'UnpinCheckpointSuccess';
  const answer = await api.graphql(
    `mutation ($id: ID!) { ${mutation}(input: { checkpointId: $id }) {
      __typename ... on ${success} { training { checkpoints { step isPinned } } } ... on NotFound { kind }
    } }`,
    { id: checkpointId },
  );
  return answer[mutation];
};

test('a checkpoint that is pinned stays, with its file, until it is let go', async () => {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
  const config = { steps: 2000, checkpointEvery: 500, keepCheckpoints: 1, samplePrompts: [], rank: 4 };
  const { id } = await startTraining(api, character.id, config);
  const checkpoints = async (): Promise<Data[]> => (await api.graphql(TRAINING, { id })).training.checkpoints;
  await until(async () => (await checkpoints()).length > 0, 'it has a checkpoint');
  const [first] = (await checkpoints()) as [Data];
  expect((await set('pinCheckpoint', first.id)).training.checkpoints).toEqual([
    { step: 500, isPinned: true },
  ]);
  await eventsOf(api, id);
  expect((await checkpoints()).map(({ step, isPinned }) => [step, isPinned])).toEqual([
    [2000, false],
    [500, true],
  ]);
  expect((await fetch(api.url + first.url)).status).toBe(200);

  expect((await set('unpinCheckpoint', first.id)).training.checkpoints).toEqual([
    { step: 2000, isPinned: false },
  ]);
  await until(async () => (await fetch(api.url + first.url)).status === 404, 'its file is gone');
  expect(await set('pinCheckpoint', first.id)).toEqual({ __typename: 'NotFound', kind: 'checkpoint' });
});
