import type { Api, Data } from './api.ts';
import type { Picture } from './pictures.ts';

/** The few steps that most tests start with, through the public API. */
export async function createCharacter(
  api: Api,
  name = 'Mara',
  triggerWord = `mara ${crypto.randomUUID().slice(0, 8)}`,
): Promise<Data> {
  const document = `mutation ($input: CreateCharacterInput!) {
    createCharacter(input: $input) { ... on CreateCharacterSuccess { character { id name triggerWord } } ... on UserError { message } }
  }`;
  const { createCharacter: result } = await api.graphql(document, { input: { name, triggerWord } });
  if (!result.character) throw new Error(result.message);
  return result.character;
}

export async function uploadImages(api: Api, characterId: string, pictures: Picture[]): Promise<Data[]> {
  const document = `mutation ($input: UploadImagesInput!) {
    uploadImages(input: $input) {
      ... on UploadImagesSuccess { results { __typename ... on ImageAccepted { image { id } } ... on ImageRejected { message } } }
      ... on UserError { message }
    }
  }`;
  const files = Object.fromEntries(pictures.map((picture, i) => [`variables.input.files.${i}`, picture]));
  const input = { characterId, files: pictures.map(() => null) };
  const { uploadImages: result } = await api.upload(document, { input }, files);
  if (!result.results) throw new Error(result.message);
  return result.results;
}

const START_TRAINING = `mutation ($input: StartTrainingInput!) {
  startTraining(input: $input) {
    __typename
    ... on StartTrainingSuccess { training { id state number } }
    ... on UserError { code message }
  }
}`;

export async function startTraining(api: Api, characterId: string, config: object = {}): Promise<Data> {
  const { startTraining: result } = await api.graphql(START_TRAINING, { input: { characterId, config } });
  if (!result.training) throw new Error(result.message);
  return result.training;
}

export async function startGeneration(api: Api, input: object): Promise<Data> {
  const document = `mutation ($input: StartGenerationInput!) {
    startGeneration(input: $input) { ... on StartGenerationSuccess { generation { id seed state } } ... on UserError { code message } }
  }`;
  const { startGeneration: result } = await api.graphql(document, { input });
  if (!result.generation) throw new Error(result.message);
  return result.generation;
}

/** Waits for the end of a job, as a client would: by its events. Resolves to all of them. */
export async function eventsOf(api: Api, jobId: string, after?: string): Promise<Data[]> {
  const document = `subscription ($jobId: ID!, $after: String) {
    jobEvents(jobId: $jobId, after: $after) {
      __typename cursor at correlationId
      ... on JobStateChanged { state attempt error { code message advice } }
      ... on JobStageChanged { stage }
      ... on JobProgressed { step steps metrics { step loss learningRate } eta { seconds lowSeconds highSeconds } }
      ... on JobLogged { level message }
      ... on SampleAdded { sample { step promptIndex url } }
      ... on CheckpointAdded { step checkpoint { id step bytes } }
      ... on OutputAdded { output { index seed } }
      ... on PreviewUpdated { index url }
    }
  }`;
  const events: Data[] = [];
  for await (const { jobEvents } of api.subscribe(document, { jobId, after })) events.push(jobEvents);
  return events;
}
