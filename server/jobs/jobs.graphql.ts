import { GraphQLError } from 'graphql';
import { builder, UserErrorInterface } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { cancelJob, JobHasEnded } from './cancel.ts';
import { followChangedJobs } from './changed-jobs.ts';
import { followHistory } from './history.ts';
import { JobEvent } from './job-events.graphql.ts';
import { jobCounts, listJobs } from './job-lists.ts';
import { Job, JobConnection, JobKind, JobState } from './job-types.graphql.ts';
import { findJob, getJob, type JobDetails, JobHasNotEnded } from './jobs.ts';
import { JobNotQueued, moveJob } from './move-job.ts';

for (const [error, name, description] of [
  [JobHasEnded, 'JobHasEnded', 'What is asked needs a job that still waits or runs.'],
  [JobHasNotEnded, 'JobHasNotEnded', 'What is asked needs a job that has ended.'],
  [JobNotQueued, 'JobNotQueued', 'What is asked needs a job that waits.'],
] as const)
  builder.objectType(error as typeof JobHasEnded, {
    name,
    description,
    interfaces: [UserErrorInterface],
    fields: (t) => ({
      job: t.field({ type: Job, description: 'As it is now.', resolve: ({ job }) => getJob(job.id) }),
    }),
  });

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────

builder.queryField('job', (t) =>
  t.field({
    type: Job,
    nullable: true,
    guard: 'read',
    description: 'The job with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the job: of the training, generation or download.' }) },
    resolve: (_, { id }) => findJob(id),
  }),
);

builder.queryField('jobs', (t) =>
  t.connection(
    {
      type: Job,
      guard: 'read',
      description: 'Jobs, the newest first; of the waiting ones alone, in the order in which they will run.',
      args: {
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
        kinds: t.arg({ type: [JobKind], required: false, description: 'Any when left out.' }),
        queue: t.arg.string({
          required: false,
          description: 'Only of this line, such as `training.fast-test`; any when left out.',
        }),
        afterPlace: t.arg.int({
          required: false,
          description:
            'Of the waiting jobs alone, those behind this place, counted from 1: a page of a line that stays where it is when its jobs are moved. Ignored below 1, and with other states.',
        }),
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        wasRetried: t.arg.boolean({
          required: false,
          description:
            'Only those of which there is a newer try (`retryJob`, `resumeTraining`), or only those without; any when left out. `states: [FAILED], wasRetried: false` is what somebody should look at.',
        }),
      },
      resolve: (_, args) => listJobs(args),
    },
    JobConnection,
  ),
);

const JobCounts = builder.objectRef<Record<JobDetails['state'], number>>('JobCounts').implement({
  description: 'How many jobs there are in each state.',
  fields: (t) => ({
    queued: t.exposeInt('queued'),
    running: t.exposeInt('running'),
    completed: t.exposeInt('completed'),
    failed: t.exposeInt('failed'),
    cancelled: t.exposeInt('cancelled'),
  }),
});
builder.queryField('jobCounts', (t) =>
  t.field({
    type: JobCounts,
    guard: 'read',
    description: 'All jobs that there are, by state.',
    resolve: jobCounts,
  }),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CancelJobInput = builder.inputType('CancelJobInput', {
  description: 'Which job is to end.',
  fields: (t) => ({ jobId: t.id({ description: 'Of a job that waits or runs.' }) }),
});
builder.mutationField('cancelJob', (t) =>
  t.field({
    type: Job,
    guard: 'write:jobs',
    description:
      'Ends a waiting job at once. A running one is told to stop: it saves what it can and is CANCELLED within seconds. A download needs the scope admin.',
    args: { input: t.arg({ type: CancelJobInput }) },
    errors: {
      types: [NotFound, JobHasEnded],
      dataField: { name: 'job', description: 'CANCELLED, or still RUNNING and `isCancelling`.' },
    },
    resolve: async (_, { input }, { principal }) => getJob((await cancelJob(input.jobId, principal)).id),
  }),
);

const MoveJobInput = builder.inputType('MoveJobInput', {
  description: 'Which job goes where.',
  fields: (t) => ({
    jobId: t.id({ description: 'Of a job that waits.' }),
    beforeJobId: t.id({
      required: false,
      description:
        'The waiting job of the same line that comes directly after it; to the end of the line when left out.',
    }),
  }),
});
builder.mutationField('moveJob', (t) =>
  t.field({
    type: Job,
    guard: 'write:jobs',
    description: 'Changes the place of a waiting job in its line.',
    args: { input: t.arg({ type: MoveJobInput }) },
    errors: {
      types: [NotFound, InvalidInput, JobNotQueued],
      dataField: { name: 'job', description: 'In its new place.' },
    },
    resolve: (_, { input }) => moveJob(input),
  }),
);

// ── Subscriptions ───────────────────────────────────────────────────────────────────────────────────────────────────

async function* nothing(): AsyncGenerator<null, void> {
  yield null;
}

const CURSOR = /^\d{1,9}$/;

builder.subscriptionField('jobEvents', (t) =>
  t.field({
    type: JobEvent,
    nullable: true,
    guard: 'read',
    description:
      'Every event of a job after `after` (from its first when left out), then each new one; completes after the last. ' +
      'No gap and no repeat: after a lost connection go on with the cursor of the last event that came. ' +
      'For a job that does not exist it yields null and completes.',
    args: {
      jobId: t.arg.id({ description: 'Of the job.' }),
      after: t.arg.string({
        required: false,
        description: 'Cursor of an event of this job; from its first event when left out.',
      }),
    },
    async subscribe(_, { jobId, after }) {
      const cursor = after ?? '0';
      const job = await findJob(jobId);
      if (!CURSOR.test(cursor) || (job !== null && Number(cursor) > job.lastSeq))
        throw new GraphQLError('`after` must be the cursor of an event of this job.', {
          extensions: { code: 'BAD_CURSOR' },
        });
      return job === null ? nothing() : followHistory(job.id, Number(cursor));
    },
    resolve: (event) => event,
  }),
);

builder.subscriptionField('jobUpdates', (t) =>
  t.field({
    type: Job,
    guard: 'read',
    description:
      'Each job that was started, changed or ended, as it is then: for lists. Twice a second a job at most.',
    subscribe: followChangedJobs,
    resolve: (job) => job,
  }),
);
