import { asc, eq } from 'drizzle-orm';
import { generationImages, generationLoras, generations } from '#schema/generation.ts';
import { engineNames } from '../capabilities.ts';
import { keepJobs, lockCharacters } from '../characters/characters.ts';
import { db, type Tx } from '../db.ts';
import { NotFound } from '../errors.ts';
import { type Asked, type Creation, createOnce } from '../idempotency.ts';
import { findJob, type JobDetails } from '../jobs/jobs.ts';
import { createJob } from '../jobs/record.ts';
import { findLora, keepLoras, type Lora } from '../loras/loras.ts';
import type { Texts } from '../prompts/prompts.ts';
import { randomSeed } from '../seed.ts';
import { checkedInput, type StartGenerationInput } from './generation-input.ts';
import { movedSeeds } from './grid.ts';
import { holdersOf } from './image-sources.ts';
import { plannedImages } from './planned-images.ts';

export type Generation = JobDetails & { generation: NonNullable<JobDetails['generation']> };
export const isGeneration = (job: JobDetails | null): job is Generation => job?.generation != null;

export const startGeneration = async (input: StartGenerationInput, asked: Asked): Promise<Generation> =>
  getGeneration(await createOnce(asked, () => prepareGeneration(input)));

/** Writes the generation and the job that runs it together. Answers with its id. */
async function prepareGeneration(
  input: StartGenerationInput,
  { texts = null, ...origin }: { retryOfId?: string; texts?: Texts[] | null } = {},
): Promise<Creation<string>> {
  const { retryOfId } = origin;
  const { uses, images, values } = await checkedInput(input, texts);
  const holders = await holdersOf(values.toggles);
  return async (tx) => {
    await keepJobs(tx, retryOfId === undefined ? holders.jobIds : [retryOfId, ...holders.jobIds]);
    const ofLoras = uses.map(({ lora }) => lora.characterId).filter((id) => id !== null);
    const characters = await keepCharacters(tx, [...ofLoras, ...holders.characterIds]);
    await keepLoras(
      tx,
      uses.map(({ lora }) => lora.id),
    );
    const characterId = ofLoras[0] ?? null;
    const about = characters.find(({ id }) => id === characterId)?.name ?? 'No LoRA';
    const created = await createJob(tx, {
      kind: 'generation',
      engine: engineNames.generation,
      title: `${about} · ${values.count === 1 ? '1 image' : `${values.count} images`}`,
      characterId,
      steps: values.steps * values.count,
      ...origin,
    });
    const jobId = created.id;
    await tx.insert(generations).values({ ...values, jobId });
    await tx.insert(generationImages).values(images.map((image) => ({ ...image, jobId })));
    if (uses.length > 0)
      await tx.insert(generationLoras).values(
        uses.map(({ lora, strength }, position) => ({
          jobId,
          position,
          loraId: lora.id,
          name: lora.name,
          strength,
        })),
      );
    return jobId;
  };
}

/** Everybody whom it shows: whoever forgets one of them waits for this job, and takes it along. */
async function keepCharacters(tx: Tx, ids: string[]) {
  const characters = await lockCharacters(tx, ids, 'key share');
  const missing = ids.find((id) => !characters.some((character) => character.id === id));
  if (missing !== undefined) throw new NotFound('character', missing);
  return characters;
}

type Repetition = { newSeed: boolean; retryOfId?: string };

export const repeatGeneration = async (id: string, how: Repetition, asked: Asked): Promise<Generation> =>
  getGeneration(await createOnce(asked, () => prepareGenerationAgain(id, how)));

/** The same again: with its own seeds and texts for the same images, or with new ones for others like them. */
export async function prepareGenerationAgain(
  id: string,
  { newSeed, ...origin }: Repetition,
): Promise<Creation<string>> {
  const { generation } = await getGeneration(id);
  const uses = await loraUsesOf(id);
  const deleted = uses.find(({ loraId }) => loraId === null);
  if (deleted) throw deletedLora(deleted);
  const texts = newSeed ? null : await plannedImages(id);
  return prepareGeneration(inputOf(generation, uses, { newSeed }), { ...origin, texts });
}

type LoraUse = typeof generationLoras.$inferSelect;

/** As it was asked for. */
function inputOf(
  { jobId: _, toggles, grid, prompt, seed, count, ...parameters }: Generation['generation'],
  uses: LoraUse[],
  { newSeed }: { newSeed: boolean },
): StartGenerationInput {
  const loras = uses.flatMap(({ loraId, strength }) =>
    strength === null ? [] : [{ loraId: loraId ?? '', strength }],
  );
  const common = { ...parameters, ...toggles, loras };
  const ownSeed = newSeed ? randomSeed() : seed;
  if (grid === null) return { ...common, prompt, seed: ownSeed, count };
  const { prompts, strengths, seeds } = grid;
  return {
    ...common,
    ...(prompts === null && { prompt }),
    ...(seeds === null && { seed: ownSeed }),
    grid: {
      ...{ prompts, strengths },
      seeds: seeds && newSeed ? movedSeeds(seeds, 1 + randomSeed()) : seeds,
      loraIds:
        grid.loras?.map((position) => (position === null ? null : (uses[position]?.loraId ?? ''))) ?? null,
    },
  };
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const loraUsesOf = (jobId: string) =>
  db
    .select()
    .from(generationLoras)
    .where(eq(generationLoras.jobId, jobId))
    .orderBy(asc(generationLoras.position));

/** Its name stays with the generations that used it, its id does not. */
const deletedLora = ({ loraId, name }: { loraId: string | null; name: string }) =>
  new NotFound('lora', loraId ?? '', `The LoRA "${name}" was deleted.`);

/** The LoRAs of a generation, by position; NotFound names one that was deleted meanwhile. */
export async function lorasOf(jobId: string): Promise<Lora[]> {
  return Promise.all(
    (await loraUsesOf(jobId)).map(async ({ loraId, name }) => {
      const lora = loraId === null ? null : await findLora(loraId);
      if (lora === null) throw deletedLora({ loraId, name });
      return lora;
    }),
  );
}

export async function findGeneration(id: string): Promise<Generation | null> {
  const job = await findJob(id);
  return isGeneration(job) ? job : null;
}

async function getGeneration(id: string): Promise<Generation> {
  const generation = await findGeneration(id);
  if (generation === null) throw new NotFound('generation', id);
  return generation;
}
