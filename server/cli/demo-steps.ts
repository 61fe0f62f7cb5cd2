import { type Api, Problem, Refused } from './demo-api.ts';
import { followJob } from './demo-follow.ts';
import type { Screen } from './demo-screen.ts';

/** The main job, one step each, over the public API. */

export type Character = { id: string; name: string; triggerWord: string };
export type Lora = { id: string; name: string; version: number; url: string };
export type Output = { index: number; seed: number; url: string };

type Session = { api: Api; screen: Screen; signal: AbortSignal };

const CREATE = /* GraphQL */ `
  mutation Create($input: CreateCharacterInput!) {
    createCharacter(input: $input) {
      __typename
      ... on CreateCharacterSuccess { character { id name triggerWord } }
      ... on TriggerWordTaken { character { id name triggerWord } }
      ... on UserError { message }
    }
  }
`;

/** `Mara Voß` → `mara_vo`. What a model has never read elsewhere makes the best trigger word. */
function triggerWordOf(name: string) {
  const word = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 46);
  return word.length >= 2 ? word : `${word || 'my'}_character`;
}

/** A character of this name: the one that there is, or a new one under the first trigger word that is free. */
export async function findOrCreateCharacter({ api, screen }: Session, name: string): Promise<Character> {
  const word = triggerWordOf(name);
  for (let attempt = 1; attempt <= 100; attempt++) {
    const triggerWord = attempt === 1 ? word : `${word}_${attempt}`;
    try {
      return (await api.mutate<{ character: Character }>(CREATE, { name, triggerWord })).character;
    } catch (error) {
      const owner = ownerIn(error);
      if (owner === undefined) throw error;
      if (owner.name === name) {
        screen.line(`${name} is there already: this goes on with it.`);
        return owner;
      }
      screen.line(`The trigger word "${triggerWord}" belongs to ${owner.name} already; trying another.`);
    }
  }
  throw new Problem(`Every trigger word like "${word}" is taken: give another --name.`);
}

const ownerIn = (error: unknown) =>
  error instanceof Refused && error.result.__typename === 'TriggerWordTaken'
    ? (error.result as { character?: Character }).character
    : undefined;

const UPLOAD = /* GraphQL */ `
  mutation Upload($input: UploadImagesInput!) {
    uploadImages(input: $input) {
      __typename
      ... on UploadImagesSuccess {
        results {
          __typename
          ... on ImageAccepted { fileName image { width height } }
          ... on ImageDuplicate { fileName }
          ... on ImageRejected { fileName message }
        }
      }
      ... on UserError { message }
    }
  }
`;
type UploadResult =
  | { __typename: 'ImageAccepted'; fileName: string; image: { width: number; height: number } }
  | { __typename: 'ImageDuplicate'; fileName: string }
  | { __typename: 'ImageRejected'; fileName: string; message: string };

/** Small enough that the results come while one watches. */
const FILES_PER_REQUEST = 20;

/** Sends photos from disk and tells what became of each. Resolves to how many the character has of them now. */
export async function uploadPhotos(session: Session, characterId: string, paths: string[]): Promise<number> {
  const { api, screen, signal } = session;
  let kept = 0;
  for (let start = 0; start < paths.length; start += FILES_PER_REQUEST) {
    const files = paths.slice(start, start + FILES_PER_REQUEST);
    screen.progress(
      `Uploading photo ${start + 1} to ${start + files.length} of ${paths.length}`,
      start / paths.length,
    );
    const { results } = await api.upload<{ results: UploadResult[] }>(UPLOAD, { characterId }, files, signal);
    for (const result of results) {
      if (result.__typename !== 'ImageRejected') kept++;
      screen.line(`  ${told(result)}`);
    }
  }
  screen.endProgress();
  return kept;
}

function told(result: UploadResult) {
  switch (result.__typename) {
    case 'ImageAccepted':
      return `✓ ${result.fileName}  ${result.image.width} × ${result.image.height}`;
    case 'ImageDuplicate':
      return `= ${result.fileName}  is there already`;
    case 'ImageRejected':
      return `✗ ${result.fileName}  ${result.message}`;
  }
}

const TRAIN = /* GraphQL */ `
  mutation Train($input: StartTrainingInput!) {
    startTraining(input: $input) {
      __typename
      ... on StartTrainingSuccess { training { id } }
      ... on UserError { message }
    }
  }
`;
const TRAINED = /* GraphQL */ `
  query Trained($id: ID!) { training(id: $id) { lora { id name version url } } }
`;

export async function train(
  session: Session,
  characterId: string,
  config: { steps?: number },
): Promise<Lora> {
  const { api } = session;
  const input = { characterId, preset: 'QUICK', config };
  const { training } = await api.mutate<{ training: { id: string } }>(TRAIN, input);
  await followJob({ ...session, jobId: training.id, title: 'Training' });
  const trained = await api.query<{ training: { lora: Lora | null } | null }>(TRAINED, { id: training.id });
  const lora = trained.training?.lora;
  if (lora == null) throw new Problem('The training is completed, but its LoRA was deleted.');
  return lora;
}

const GENERATE = /* GraphQL */ `
  mutation Generate($input: StartGenerationInput!) {
    startGeneration(input: $input) {
      __typename
      ... on StartGenerationSuccess { generation { id } }
      ... on UserError { message }
    }
  }
`;
const GENERATED = /* GraphQL */ `
  query Generated($id: ID!) { generation(id: $id) { outputs { index seed url } } }
`;

type Wanted = {
  prompt: string;
  loras: { loraId: string; strength: number }[];
  count: number;
  width?: number;
  height?: number;
};

export async function generate(session: Session, input: Wanted): Promise<Output[]> {
  const { api } = session;
  const { generation } = await api.mutate<{ generation: { id: string } }>(GENERATE, input);
  await followJob({ ...session, jobId: generation.id, title: 'Generation' });
  const generated = await api.query<{ generation: { outputs: Output[] } | null }>(GENERATED, {
    id: generation.id,
  });
  return generated.generation?.outputs ?? [];
}
