import { trainingEngine } from '../engines/engine.ts';
import { env } from '../env.ts';
import { EngineEndedEarly } from '../jobs/failures.ts';
import { jobProcessEnv } from '../jobs/job-process.ts';
import type { StopReason } from '../jobs/lease.ts';
import type { Handler } from '../jobs/run.ts';
import { photosOf } from './dataset.ts';
import { startIdentity } from './identity.ts';
import { expandTrigger } from './presets.ts';
import { forgetStepsAfter, resumePointOf } from './resume.ts';
import { isTraining } from './training.ts';
import { recordTraining } from './training-record.ts';
import { finishTraining } from './training-result.ts';

/** Drives the training engine of the job and records what it tells. */
export const trainingJob: Handler = async (run) => {
  const { job, signal } = run;
  if (!isTraining(job)) throw new Error(`Job ${job.id} is not a training.`);
  const { training } = job;
  const { triggerWord, config, baseModel } = training;

  const resumeFrom = await resumePointOf(job);
  await forgetStepsAfter(run, resumeFrom?.step ?? 0);
  const photos = await photosOf(training);
  const identity = await startIdentity(run, job);

  const engine = await trainingEngine(job.engine);
  const events = engine.run(
    {
      jobId: job.id,
      title: job.title,
      baseModel,
      triggerWord,
      config: {
        ...config,
        samplePrompts: config.samplePrompts.map((prompt) => expandTrigger(prompt, triggerWord)),
      },
      photos: photos.map(({ path, caption }) => ({
        path,
        caption: caption && expandTrigger(caption, triggerWord),
      })),
      workDir: run.workDir,
      processEnv: jobProcessEnv({ jobId: job.id, attempt: job.attempt }, env.VOLUME_ROOT),
      resumeFrom,
    },
    signal,
  );
  // Of an attempt that was lost nothing is kept any more, and its GPU counts as free: not even what it has is saved then.
  signal.addEventListener('abort', () => {
    if (signal.reason === ('lost' satisfies StopReason)) events.return().catch(() => {});
  });
  const finished = await recordTraining(run, job, { events, identity });
  if (finished !== null) return finishTraining(job, finished);
  // Stopped before its end: how it ended is the caller's to say.
  if (signal.aborted) return async () => {};
  throw new EngineEndedEarly();
};
