import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Api, Data } from '#tests/api.ts';
import { type Picture, realPhotos } from '#tests/pictures.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { filesBelow } from '#tests/uploads.ts';
import { engineHealth, engineNames } from '../capabilities.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { kindsHere, queuesOf } from '../jobs/lines.ts';
import { enqueue } from '../jobs/queue.ts';
import { startWorker } from '../jobs/worker.ts';
import type { Task } from './tasks.ts';

const HOUR_MS = 3600 * 1000;

/** A file of somebody, with bytes of its own. */
export async function putFile(volume: string, key: string, ageHours: number) {
  const path = join(volume, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `nobody's ${key}`);
  await age(volume, key, ageHours);
}

export async function age(volume: string, key: string, hours: number) {
  const then = new Date(Date.now() - hours * HOUR_MS);
  await utimes(join(volume, key), then, then);
}

export async function ageAll(volume: string, hours: number) {
  for (const key of await filesBelow(volume)) await age(volume, key, hours);
}

/** For as long as a test needs it. */
export async function someWorker(lines = queuesOf(engineNames, kindsHere(env))) {
  const { stop } = await startWorker(lines, engineHealth);
  return { [Symbol.asyncDispose]: stop };
}

/** A character with photos, a training with samples and checkpoints, its LoRA, and an image. */
export async function madeStudio(api: Api): Promise<{ character: Data; training: Data; generation: Data }> {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
  const training = await startTraining(api, character.id, {
    steps: 100,
    checkpointEvery: 50,
    sampleEvery: 50,
    samplePrompts: ['{trigger}'],
    rank: 4,
  });
  await eventsOf(api, training.id);
  const LORA = 'query ($id: ID!) { training(id: $id) { lora { id } } }';
  const { lora } = (await api.graphql(LORA, { id: training.id })).training;
  const loras = [{ loraId: lora.id, strength: 0.5 }];
  const image = { prompt: 'a photo', width: 256, height: 256, steps: 2, count: 1, loras };
  const generation = await startGeneration(api, image);
  await eventsOf(api, generation.id);
  return { character, training, generation };
}

const UPLOAD_REFERENCE = `mutation ($input: UploadReferenceImageInput!) {
  uploadReferenceImage(input: $input) {
    ... on UploadReferenceImageSuccess { referenceImage { id url } } ... on UserError { message }
  }
}`;

export async function uploadReference(api: Api, picture: Picture): Promise<Data> {
  const input = { file: null };
  const { uploadReferenceImage: result } = await api.upload(
    UPLOAD_REFERENCE,
    { input },
    { 'variables.input.file': picture },
  );
  if (!result.referenceImage) throw new Error(result.message);
  return result.referenceImage;
}

const WAITING = sql`select id from pgboss.job where name in ('maintenance', 'files.remove')`;

/** As the schedule would, and waits until a worker has done it. */
export const runTask = (task: Task) => runMessage({ task });

export async function runMessage(data: object) {
  await db.transaction((tx) => enqueue(tx, 'maintenance', { data }));
  await allDone();
}

/** Nothing is to be removed or maintained any more. */
export const allDone = () =>
  until(async () => (await db.execute(WAITING)).length === 0, 'maintenance is done');

const CHECK = `mutation ($input: CheckConsistencyInput!) {
  checkConsistency(input: $input) { ... on CheckConsistencySuccess { consistencyCheck { id finishedAt } } ... on UserError { message } }
}`;
const RESULT = `query {
  consistencyCheck { id startedAt finishedAt jobs messages rows files error
    inconsistencies(first: 100) { edges { node { kind subject message } } } }
}`;

/** What a check of now finds. */
export async function checkedBy(api: Api, input: { hashes?: boolean } = {}) {
  const { checkConsistency } = await api.graphql(CHECK, { input });
  const { id } = checkConsistency.consistencyCheck;
  const check = await until(async () => {
    const { consistencyCheck: newest } = await api.graphql(RESULT);
    return newest?.id === id ? newest : null;
  }, 'the check has ended');
  const found: Data[] = check.inconsistencies.edges.map(({ node }: Data) => node);
  return { check, found, kinds: found.map(({ kind, subject }) => `${kind} ${subject}`).sort() };
}
