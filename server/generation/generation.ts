import { asc, eq } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { generationLoras, generations } from '#schema/generation.ts';
import { engineNames } from '../capabilities.ts';
import { db, type Tx } from '../db.ts';
import { NotFound } from '../errors.ts';
import { createJob, findJob, type JobDetails } from '../jobs/jobs.ts';
import { findLora, type Lora } from '../loras/loras.ts';
import { randomSeed } from '../seed.ts';
import { checkedInput, type StartGenerationInput } from './generation-input.ts';

export type Generation = JobDetails & { generation: NonNullable<JobDetails['generation']> };
export const isGeneration = (job: JobDetails | null): job is Generation => job?.generation != null;

/** Writes the generation and the job that runs it together. */
export async function startGeneration(
  input: StartGenerationInput,
  origin: { retryOfId?: string } = {},
): Promise<Generation> {
  const { loras, values } = await checkedInput(input);
  const job = await db.transaction(async (tx) => {
    const characterId = loras[0]?.lora.characterId ?? null;
    const about = await nameOf(tx, characterId);
    const created = await createJob(tx, {
      kind: 'generation',
      engine: engineNames.generation,
      title: `${about} · ${values.count === 1 ? '1 image' : `${values.count} images`}`,
      characterId,
      steps: values.steps * values.count,
      ...origin,
    });
    await tx.insert(generations).values({ ...values, jobId: created.id });
    if (loras.length > 0)
      await tx.insert(generationLoras).values(
        loras.map(({ lora, strength }, position) => ({
          jobId: created.id,
          position,
          loraId: lora.id,
          name: lora.name,
          strength,
        })),
      );
    return created;
  });
  return getGeneration(job.id);
}

async function nameOf(tx: Tx, characterId: string | null) {
  if (characterId === null) return 'No LoRA';
  const [character] = await tx.select().from(characters).where(eq(characters.id, characterId));
  if (character === undefined) throw new NotFound('character', characterId);
  return character.name;
}

/** The same again: with its own seed for the same images, or with a new one for others like them. */
export async function repeatGeneration(
  id: string,
  { newSeed, ...origin }: { newSeed: boolean; retryOfId?: string },
): Promise<Generation> {
  const { jobId, toggles, seed, ...parameters } = (await getGeneration(id)).generation;
  const uses = await loraUsesOf(jobId);
  const deleted = uses.find(({ loraId }) => loraId === null);
  if (deleted) throw new NotFound('lora', deleted.name);
  const loras = uses.map(({ loraId, strength }) => ({ loraId: loraId ?? '', strength }));
  return startGeneration({ ...parameters, ...toggles, seed: newSeed ? randomSeed() : seed, loras }, origin);
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const loraUsesOf = (jobId: string) =>
  db
    .select()
    .from(generationLoras)
    .where(eq(generationLoras.jobId, jobId))
    .orderBy(asc(generationLoras.position));

/** The LoRA files of a generation, in order; NotFound names one that was deleted meanwhile. */
export async function lorasOf(jobId: string): Promise<{ lora: Lora; strength: number }[]> {
  return Promise.all(
    (await loraUsesOf(jobId)).map(async ({ loraId, strength, name }) => {
      const lora = loraId === null ? null : await findLora(loraId);
      if (lora === null) throw new NotFound('lora', name);
      return { lora, strength };
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
