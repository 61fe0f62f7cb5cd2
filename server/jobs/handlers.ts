export { removeUnusedFiles } from '../images/photo-files.ts';
export { runMaintenance } from '../maintenance/tasks.ts';

import { generationJob } from '../generation/generation.job.ts';
import { downloadJob } from '../models/models.job.ts';
import { trainingJob } from '../training/training.job.ts';
import type { JobKind } from './jobs.ts';
import type { Handler } from './run.ts';

/** The only place that knows what each kind of job does. */
export const HANDLERS: Record<JobKind, Handler> = {
  training: trainingJob,
  generation: generationJob,
  download: downloadJob,
};
