import { builder } from './builder.ts';
import { UnsupportedParameter } from './capabilities.ts';
import { InvalidInput, NotFound } from './errors.ts';
import { isGeneration, repeatGeneration } from './generation/generation.ts';
import { Job } from './jobs/job-types.graphql.ts';
import { getJob, hasEnded, JobHasNotEnded } from './jobs/jobs.ts';
import { TooFewImages } from './training/dataset.ts';
import { isTraining, retryTraining } from './training/training.ts';

/** A state that has ended never changes, so trying again is a new job that names the old one. */
async function retryJob(id: string) {
  const job = await getJob(id);
  if (!hasEnded(job.state)) throw new JobHasNotEnded(job);
  if (isTraining(job)) return retryTraining(job);
  if (isGeneration(job)) return repeatGeneration(job.id, { newSeed: false, retryOfId: job.id });
  throw new Error(`Job ${id} is of a kind that cannot be retried.`);
}

const RetryJobInput = builder.inputType('RetryJobInput', {
  description: 'Which job is tried again.',
  fields: (t) => ({ jobId: t.id({ description: 'Of a job that has ended.' }) }),
});
builder.mutationField('retryJob', (t) =>
  t.field({
    type: Job,
    description: 'A new job with the settings of one that has ended; a training takes the photos of now.',
    args: { input: t.arg({ type: RetryJobInput }) },
    errors: {
      types: [NotFound, InvalidInput, JobHasNotEnded, TooFewImages, UnsupportedParameter],
      dataField: { name: 'job', description: 'The new one; its `retryOf` is the old one.' },
    },
    resolve: (_, { input }) => retryJob(input.jobId),
  }),
);
