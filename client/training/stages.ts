import type { JobStage, JobState } from '../gql/graphql.ts';

export type Step = { name: string; state: 'done' | 'now' | 'next'; word: string };

const ORDER: { stage: JobStage; name: string }[] = [
  { stage: 'PREPARING', name: 'preparing' },
  { stage: 'LOADING_MODEL', name: 'loading' },
  { stage: 'CACHING', name: 'caching' },
  { stage: 'TRAINING', name: 'training' },
  { stage: 'SAVING', name: 'saving' },
];

const WORD: Partial<Record<JobStage, string>> = {
  PREPARING: 'preparing',
  LOADING_MODEL: 'loading the model',
  CACHING: 'caching the photos',
  TRAINING: 'training',
  SAMPLING: 'making samples',
  SAVING: 'saving a checkpoint',
  EXPORTING: 'writing the LoRA',
  POSTPROCESSING: 'finishing',
};

function indexOf(stage: JobStage, isLastStep: boolean): number {
  if (stage === 'EXPORTING' || stage === 'POSTPROCESSING') return 4;
  // Samples and checkpoints come in the middle of training too.
  if (stage === 'SAMPLING' || (stage === 'SAVING' && !isLastStep)) return 3;
  return ORDER.findIndex((step) => step.stage === stage);
}

/** The way of a training as a short list: what is done, where it is, what is to come. */
export function stagesOf(job: {
  state: JobState;
  stage?: JobStage | null | undefined;
  step: number;
  steps: number;
}): Step[] {
  const isDone = job.state === 'COMPLETED';
  const isLastStep = job.step >= job.steps;
  // One that has stopped has no stage any more, but its steps say that it was training.
  const stopped = job.step > 0 ? 3 : -1;
  const at = job.stage == null ? stopped : indexOf(job.stage, isLastStep);
  return ORDER.map(({ name }, index) => {
    if (isDone || index < at) return { name, state: 'done', word: name };
    if (index === at && job.state === 'RUNNING')
      return { name, state: 'now', word: (job.stage && WORD[job.stage]) ?? name };
    return { name, state: 'next', word: name };
  });
}
