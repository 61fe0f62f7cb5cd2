import { and, asc, eq } from 'drizzle-orm';
import { samples } from '#schema/training.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { type Likeness, likenessTo } from '../faces/likeness.ts';
import type { JobRun } from '../jobs/run.ts';
import { log } from '../log.ts';
import { facesOfPhotos } from './identity-photos.ts';
import { recordLack, recordReference, type SampleName, scoreSample } from './identity-record.ts';
import type { Training } from './training.ts';

/** Compares the samples of a running training with its photos, one after the other, beside everything else. */
export type Identity = {
  /** Resolves when few enough wait: samples that come faster than they are compared would keep too many checkpoints. */
  add(sample: SampleName): Promise<void>;
  /** Resolves when all have been compared or given up, or the training is to stop. */
  settle(): Promise<void>;
  /** Nothing more is compared, whatever waits. */
  stop(): void;
};

/** So many rounds of samples may wait. */
const ROUNDS_WAITING = 2;
/** In a row; then it is not the pictures' fault. */
const MOST_FAILURES = 3;

const NONE: Identity = { add: async () => {}, settle: async () => {}, stop: () => {} };

/** Begins with the samples that an earlier attempt has left. What goes wrong here is told in the log, and never fails the training. */
export async function startIdentity(run: JobRun, job: Training): Promise<Identity> {
  const { config } = job.training;
  if (config.samplePrompts.length === 0) return NONE;
  const isOff = env.IDENTITY_SCORES === 'off';
  await recordLack(run, job, { lack: isOff ? 'off' : null });
  return isOff ? NONE : comparing(run, job, await unscoredSamples(job.id));
}

function comparing(run: JobRun, job: Training, left: readonly SampleName[]): Identity {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const most = ROUNDS_WAITING * job.training.config.samplePrompts.length;
  let likeness: Likeness | null = null;
  let failures = 0;

  /** One thing after the other, of which none keeps the next from being tried. */
  const turns: Promise<void>[] = [];
  function take(step: () => Promise<void>) {
    const guarded = () =>
      step().catch((error: unknown) => {
        // The recorder refuses it, which whoever records the training hears as well.
        log.warn({ error }, 'A sample was not compared with the photos');
      });
    turns.push((turns.at(-1) ?? Promise.resolve()).then(() => (signal.aborted ? undefined : guarded())));
  }

  async function learn() {
    const reference = await facesOfPhotos(job.training, signal);
    if (signal.aborted) return;
    await recordReference(run, job, reference);
    if (reference.faces.length > 0) likeness = likenessTo(reference.faces);
  }

  async function compare(sample: SampleName) {
    if (likeness === null) return;
    const isCompared = await scoreSample(run, job, { sample, likeness, signal });
    failures = isCompared ? 0 : failures + 1;
    if (failures < MOST_FAILURES) return;
    likeness = null;
    await recordLack(run, job, {
      lack: 'failed',
      warning: 'Samples are not compared with the photos any more: it went wrong too often.',
    });
  }

  const untilAborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  take(learn);
  for (const sample of left) take(() => compare(sample));
  return {
    async add(sample) {
      take(() => compare(sample));
      if (turns.length > most) await Promise.race([turns.shift(), untilAborted]);
    },
    settle: () => Promise.race([turns.at(-1), untilAborted]),
    stop: () => stop.abort(),
  };
}

const unscoredSamples = (jobId: string): Promise<SampleName[]> =>
  db
    .select({ step: samples.step, promptIndex: samples.promptIndex, sha256: samples.sha256 })
    .from(samples)
    .where(and(eq(samples.jobId, jobId), eq(samples.isLookedAt, false)))
    .orderBy(asc(samples.step), asc(samples.promptIndex));
