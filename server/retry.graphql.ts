import { builder } from './builder.ts';
import { UnsupportedParameter } from './capabilities.ts';
import { idempotencyKey, KEY_ERRORS } from './idempotency.graphql.ts';
import { askedFor } from './idempotency.ts';
import { Job } from './jobs/job-types.graphql.ts';
import { findJob, type JobDetails, JobHasNotEnded } from './jobs/jobs.ts';
import { AlreadyDownloading, CannotDownload } from './models/models.ts';
import { QuotaExceeded } from './quotas.ts';
import { retryFailedJobs, retryJob } from './retry.ts';
import { TooFewImages } from './training/dataset.ts';

const RetryJobInput = builder.inputType('RetryJobInput', {
  description: 'Which job is tried again.',
  fields: (t) => ({ jobId: t.id({ description: 'Of a job that has ended.' }) }),
});
builder.mutationField('retryJob', (t) =>
  t.field({
    type: Job,
    guard: 'write:jobs',
    description:
      'A new job with the settings of one that has ended; a training takes the photos of now, a download goes on with what came and needs the scope admin.',
    args: { input: t.arg({ type: RetryJobInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [
        ...KEY_ERRORS,
        AlreadyDownloading,
        CannotDownload,
        JobHasNotEnded,
        QuotaExceeded,
        TooFewImages,
        UnsupportedParameter,
      ],
      dataField: { name: 'job', description: 'The new one; its `retryOf` is the old one.' },
    },
    resolve: (_, args, { principal }) => retryJob(args.input.jobId, askedFor('retryJob', args), principal),
  }),
);

const SkippedJob = builder
  .objectRef<{ jobId: string; code: string; message: string }>('SkippedJob')
  .implement({
    description: 'A job that could not be tried again, and why.',
    fields: (t) => ({
      job: t.field({
        type: Job,
        nullable: true,
        description: 'The one that failed; null when it was deleted since.',
        resolve: ({ jobId }) => findJob(jobId),
      }),
      code: t.exposeString('code', { description: 'As of the `UserError` that `retryJob` would answer.' }),
      message: t.exposeString('message', { description: 'For people, in English.' }),
    }),
  });

type Retries = { jobs: JobDetails[]; skipped: { jobId: string; code: string; message: string }[] };
const RetriedJobs = builder.objectRef<Retries>('RetriedJobs').implement({
  description: 'What was tried again, and what could not be.',
  fields: (t) => ({
    jobs: t.expose('jobs', { type: [Job], description: 'The new ones; `retryOf` of each is its old one.' }),
    skipped: t.expose('skipped', {
      type: [SkippedJob],
      description: 'Stay as they are; at most 100 are told.',
    }),
  }),
});

const RetryFailedJobsInput = builder.inputType('RetryFailedJobsInput', {
  description: 'Which failed jobs are tried again: all, unless something is named.',
  fields: (t) => ({
    queue: t.string({ required: false, description: 'Only those of this queue; of all when left out.' }),
    characterId: t.id({
      required: false,
      description: 'Only those of this character; of all when left out.',
    }),
  }),
});
builder.mutationField('retryFailedJobs', (t) =>
  t.field({
    type: RetriedJobs,
    guard: 'write:jobs',
    description:
      'Tries again the jobs that FAILED and were not tried again yet (`jobs(states: [FAILED], wasRetried: false)`), the oldest 100 at once or as many as there is room for, as `retryJob` does with one.',
    args: { input: t.arg({ type: RetryFailedJobsInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, QuotaExceeded],
      dataField: { name: 'retries', description: 'New jobs, and what was passed over.' },
    },
    resolve: (_, args, { principal }) =>
      retryFailedJobs(args.input, askedFor('retryFailedJobs', args), principal),
  }),
);
