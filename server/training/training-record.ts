import { eq } from 'drizzle-orm';
import { trainingMetrics, trainings } from '#schema/training.ts';
import type { TrainingEvent } from '../engines/engine.ts';
import { failpoint } from '../failpoint.ts';
import { batch } from '../jobs/batch.ts';
import { elapsedSecondsOf, etaOf } from '../jobs/eta.ts';
import type { JobRun } from '../jobs/run.ts';
import type { Identity } from './identity.ts';
import type { Training } from './training.ts';
import { recordCheckpoint, recordSample } from './training-files.ts';

type Finished = Extract<TrainingEvent, { type: 'finished' }>;
type Progress = Extract<TrainingEvent, { type: 'step' | 'gpu' }>;

type Told = { events: AsyncIterable<TrainingEvent>; identity: Identity };

/** Writes down what a training engine tells, in its order. Resolves to its result, or to null when it was stopped. */
export async function recordTraining(run: JobRun, job: Training, { events, identity }: Told) {
  const progress = batch<Progress>((told) => recordProgress(run, job, told));
  let finished: Finished | null = null;
  try {
    for await (const event of events) {
      if (event.type === 'step' || event.type === 'gpu') {
        progress.add(event);
        continue;
      }
      await progress.flush();
      if (event.type === 'finished') finished = event;
      else if (event.type === 'sample') await identity.add(await recordSample(run, job, event));
      else await recordEvent(run, job, event);
    }
    await progress.flush();
    await identity.settle();
  } finally {
    identity.stop();
    await progress.drop();
  }
  return finished;
}

type Sample = Extract<TrainingEvent, { type: 'sample' }>;

function recordEvent(
  run: JobRun,
  job: Training,
  event: Exclude<TrainingEvent, Progress | Finished | Sample>,
) {
  switch (event.type) {
    case 'stage':
      return run.record({
        set: { stage: event.stage },
        events: [{ type: 'stage', data: { stage: event.stage } }],
      });
    case 'log':
      return run.record({ logs: [{ level: event.level, message: event.message }] });
    case 'checkpoint':
      return recordCheckpoint(run, job, event);
  }
}

/** Many steps, one transaction: the points of the curve, the newest numbers on the rows, one event. */
function recordProgress(run: JobRun, job: Training, told: Progress[]) {
  const steps = told.filter((event) => event.type === 'step');
  const gpu = told.findLast((event) => event.type === 'gpu')?.gpu ?? null;
  const newest = steps.at(-1);
  const metrics = steps.map(({ step, loss, learningRate }) => ({ step, loss, learningRate }));
  const change = {
    ...(newest && { loss: newest.loss, learningRate: newest.learningRate }),
    ...(gpu && { gpu }),
  };
  const set = newest ? { step: newest.step, stepsPerSecond: newest.stepsPerSecond } : {};
  const pace = { step: job.step, stepsPerSecond: null, ...set, steps: job.steps };
  const eta = etaOf({ ...pace, elapsedSeconds: elapsedSecondsOf(job) });
  failpoint('job.progress');

  return run.record(
    { set, events: [{ type: 'progress', data: { ...pace, eta, metrics, gpu } }] },
    async (tx) => {
      if (metrics.length > 0)
        await tx.insert(trainingMetrics).values(metrics.map((metric) => ({ jobId: job.id, ...metric })));
      await tx.update(trainings).set(change).where(eq(trainings.jobId, job.id));
    },
  );
}
