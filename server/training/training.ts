import { and, desc, eq, getTableColumns, lte, sql } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { checkpoints, trainingMetrics, trainings } from '#schema/training.ts';
import { engineNames } from '../capabilities.ts';
import { keepJobs } from '../characters/characters.ts';
import { db, type Tx } from '../db.ts';
import { isId, NotFound, UserError } from '../errors.ts';
import { type Asked, type Creation, createOnce } from '../idempotency.ts';
import { findJob, hasEnded, type Job, type JobDetails, JobHasNotEnded } from '../jobs/jobs.ts';
import { createJob } from '../jobs/record.ts';
import { checkedConfig, type StartTrainingInput } from './config.ts';
import { snapshotOf } from './dataset.ts';
import { checkPreflight } from './preflight.ts';

export type Training = JobDetails & { training: NonNullable<JobDetails['training']> };
export const isTraining = (job: JobDetails | null): job is Training => job?.training != null;

export class NoCheckpoint extends UserError {
  readonly code = 'NO_CHECKPOINT';
  readonly trainingId: string;

  constructor(trainingId: string) {
    super('There is no checkpoint to go on from. Start the training again instead.');
    this.trainingId = trainingId;
  }
}

export const startTraining = async (input: StartTrainingInput, asked: Asked): Promise<Training> =>
  getTraining(await createOnce(asked, () => prepareTraining(input)));

/** Writes the training, its dataset and the job that runs it together, so that none exists alone. Answers with its id. */
async function prepareTraining(
  input: StartTrainingInput,
  origin: { retryOfId?: string } = {},
): Promise<Creation<string>> {
  const checked = await checkedConfig(input);
  await checkPreflight(checked);
  return async (tx) => {
    if (origin.retryOfId !== undefined) await keepJobs(tx, [origin.retryOfId]);
    const character = await takeNumber(tx, input.characterId);
    const datasetSnapshotId = await snapshotOf(tx, character.id);
    const job = await createTraining(tx, { ...checked, ...origin, character, datasetSnapshotId });
    return job.id;
  };
}

/** The next number of a training of this character. The row stays locked, so it is nobody else's. */
async function takeNumber(tx: Tx, characterId: string) {
  const [character] = isId(characterId)
    ? await tx
        .update(characters)
        .set({ lastTrainingNumber: sql`${characters.lastTrainingNumber} + 1` })
        .where(eq(characters.id, characterId))
        .returning()
    : [];
  if (character === undefined) throw new NotFound('character', characterId);
  return character;
}

type NewTraining = Pick<
  typeof trainings.$inferInsert,
  'baseModel' | 'preset' | 'config' | 'datasetSnapshotId' | 'resumedFromId'
> & {
  character: typeof characters.$inferSelect;
  /** The character's when left out. */
  triggerWord?: string;
  retryOfId?: string;
};

async function createTraining(tx: Tx, { character, retryOfId, ...training }: NewTraining): Promise<Job> {
  const job = await createJob(tx, {
    kind: 'training',
    engine: engineNames.training,
    title: `${character.name} · training ${character.lastTrainingNumber}`,
    characterId: character.id,
    steps: training.config.steps,
    ...(retryOfId && { retryOfId }),
  });
  await tx.insert(trainings).values({
    triggerWord: character.triggerWord,
    ...training,
    jobId: job.id,
    characterId: character.id,
    number: character.lastTrainingNumber,
  });
  return job;
}

/** The same settings with the photos of now. */
export const prepareTrainingAgain = ({ id, training }: Training) => {
  const { characterId, baseModel, preset, config } = training;
  return prepareTraining({ characterId, baseModel, preset, config }, { retryOfId: id });
};

export const resumeTraining = async (id: string, asked: Asked): Promise<Training> =>
  getTraining(await createOnce(asked, () => prepareResumption(id)));

/**
 * Goes on from the newest checkpoint of a training that has ended early: the same dataset and trigger word, the same step
 * axis. Only the engine that wrote a checkpoint can read it. Its samples stay where they are: their files are named by the
 * job that made them, and go with it.
 */
async function prepareResumption(id: string): Promise<Creation<string>> {
  const ended = await getTraining(id);
  if (!hasEnded(ended.state)) throw new JobHasNotEnded(ended);
  const canGoOn = ended.state !== 'completed' && ended.engine === engineNames.training;
  const checkpoint = canGoOn ? await newestCheckpoint(id) : undefined;
  if (checkpoint === undefined || checkpoint.step >= ended.steps) throw new NoCheckpoint(id);

  const { characterId, baseModel, triggerWord, preset, config, datasetSnapshotId } = ended.training;
  return async (tx) => {
    await keepJobs(tx, [id]);
    const character = await takeNumber(tx, characterId);
    const values = {
      baseModel,
      triggerWord,
      preset,
      config,
      datasetSnapshotId,
      resumedFromId: checkpoint.id,
    };
    const resumed = await createTraining(tx, { ...values, character, retryOfId: id });
    await copyMetrics(tx, { from: id, to: resumed.id, upTo: checkpoint.step });
    return resumed.id;
  };
}

const copyMetrics = (tx: Tx, { from, to, upTo }: { from: string; to: string; upTo: number }) =>
  tx.insert(trainingMetrics).select(
    tx
      .select({ ...getTableColumns(trainingMetrics), jobId: sql<string>`${to}::uuid`.as('job_id') })
      .from(trainingMetrics)
      .where(and(eq(trainingMetrics.jobId, from), lte(trainingMetrics.step, upTo))),
  );

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function findTraining(id: string): Promise<Training | null> {
  const job = await findJob(id);
  return isTraining(job) ? job : null;
}

export async function getTraining(id: string): Promise<Training> {
  const training = await findTraining(id);
  if (training === null) throw new NotFound('training', id);
  return training;
}

const newestCheckpoint = async (jobId: string) =>
  (
    await db
      .select()
      .from(checkpoints)
      .where(eq(checkpoints.jobId, jobId))
      .orderBy(desc(checkpoints.step))
      .limit(1)
  )[0];
