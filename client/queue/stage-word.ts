import type { JobStage } from '../gql/graphql.ts';

const WORDS: Record<JobStage, string> = {
  PREPARING: 'Preparing',
  LOADING_MODEL: 'Loading the model',
  CACHING: 'Caching the photos',
  TRAINING: 'Training',
  SAMPLING: 'Making images',
  SAVING: 'Saving',
  EXPORTING: 'Writing the LoRA',
  POSTPROCESSING: 'Finishing',
  DOWNLOADING: 'Downloading',
  VERIFYING: 'Checking the file',
};

/** What a running job does now, in two or three words. */
export function stageWord(job: { stage?: JobStage | null | undefined; isCancelling: boolean }): string {
  if (job.isCancelling) return 'Stopping';
  return job.stage == null ? 'Starting' : WORDS[job.stage];
}
