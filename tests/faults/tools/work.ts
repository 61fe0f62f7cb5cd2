import type { Api, Data } from '../../api.ts';
import { drawPhoto } from '../../pictures.ts';
import { createCharacter, startGeneration, startTraining, uploadImages } from '../../steps.ts';
import type { Lab } from './lab.ts';

/** Small work, through the public door, whose answers the lab's ledger keeps. */
export const newCharacter = (lab: Lab): Promise<Data> => lab.ledger.keep('characters', createCharacter(lab));

export const photo = async (seed: number) => ({
  name: `${seed}.jpg`,
  bytes: await drawPhoto({ seed, width: 96, height: 96 }),
});

/** A character with one photo. */
export async function newCharacterWithPhoto(lab: Lab): Promise<Data> {
  const character = await newCharacter(lab);
  await newPhoto(lab, character.id, 1);
  return character;
}

export const newPhoto = async (lab: Lab, characterId: string, seed: number) =>
  lab.ledger.keep('images', accepted(uploadImages(lab, characterId, [await photo(seed)])));

async function accepted(results: Promise<Data[]>): Promise<Data> {
  const [result] = await results;
  if (!result?.image) throw new Error(result?.message ?? 'No result.');
  return result.image;
}

export const newTraining = (lab: Lab, characterId: string, config: object = {}): Promise<Data> =>
  lab.ledger.keep('jobs', startTraining(lab, characterId, { ...SMALL_TRAINING, ...config }));

const SMALL_TRAINING = {
  ...{ steps: 200, checkpointEvery: 50, sampleEvery: 50, samplePrompts: ['{trigger}'] },
  ...{ rank: 4, resolution: 512, seed: 1 },
};

export const newGeneration = (lab: Lab, input: object = {}): Promise<Data> =>
  lab.ledger.keep(
    'jobs',
    startGeneration(lab, { prompt: 'a lake', width: 256, height: 256, steps: 1, ...input }),
  );

export async function cancel(lab: Lab, jobId: string) {
  const document = `mutation ($input: CancelJobInput!) { cancelJob(input: $input) { __typename } }`;
  return (await lab.graphql(document, { input: { jobId } })).cancelJob.__typename as string;
}

/** Creates a character under a key of the caller's: asked again with the same, it is the same. */
export async function createUnder(api: Api, key: string, name = 'Mara'): Promise<Data> {
  const document = `mutation ($input: CreateCharacterInput!, $key: String) {
    createCharacter(input: $input, idempotencyKey: $key) {
      ... on CreateCharacterSuccess { character { id } } ... on UserError { message }
    }
  }`;
  const input = { name, triggerWord: `mara ${key}` };
  const { createCharacter: result } = await api.graphql(document, { input, key });
  if (!result.character) throw new Error(result.message);
  return result.character;
}

export const newKey = () => crypto.randomUUID().slice(0, 13);

/** What the API says of a job. */
export async function jobOf(api: Api, id: string): Promise<Data> {
  const document = `query ($id: ID!) {
    job(id: $id) { state step attempt workerId error { code } attempts { number outcome error { code } } }
  }`;
  return (await api.graphql(document, { id })).job;
}
