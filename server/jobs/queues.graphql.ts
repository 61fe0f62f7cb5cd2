import { builder } from '../builder.ts';
import { NotFound } from '../errors.ts';
import { cancelAllJobs } from './cancel.ts';
import { followQueues, listQueues, type Queue, setPaused } from './queues.ts';

const QueueRef = builder.objectRef<Queue>('Queue').implement({
  description: 'A line of jobs: those of one kind, for one engine.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Such as `training.fast-test`; workers serve queues by name.',
    }),
    isPaused: t.boolean({
      description: 'Nothing of it is started; what runs goes on.',
      resolve: ({ pausedAt }) => pausedAt !== null,
    }),
    pausedAt: t.expose('pausedAt', { type: 'DateTime', nullable: true, description: 'Null while it goes.' }),
    queued: t.exposeInt('queued', { description: 'Jobs that wait in it.' }),
    running: t.exposeInt('running', { description: 'Jobs of it that run.' }),
    workers: t.exposeInt('workers', { description: 'Workers that take jobs of it now.' }),
  }),
});

builder.queryField('queues', (t) =>
  t.field({
    type: [QueueRef],
    guard: 'read',
    description: 'All queues that there are, by name.',
    resolve: listQueues,
  }),
);

builder.subscriptionField('queueUpdates', (t) =>
  t.field({
    type: [QueueRef],
    guard: 'read',
    description:
      'All queues as they are, then each time that one is paused or resumed. Their jobs are told by `jobUpdates`. Never completes by itself.',
    subscribe: followQueues,
    resolve: (queues) => queues,
  }),
);

const PauseQueueInput = builder.inputType('PauseQueueInput', {
  description: 'Which queue stands still.',
  fields: (t) => ({ queue: t.string({ description: 'Name of the queue.' }) }),
});
builder.mutationField('pauseQueue', (t) =>
  t.field({
    type: QueueRef,
    guard: 'admin',
    description:
      'Lets nothing of a queue start until it is resumed; what runs goes on. When this has answered, nothing starts any more.',
    args: { input: t.arg({ type: PauseQueueInput }) },
    errors: { types: [NotFound], dataField: { name: 'queue', description: 'Paused.' } },
    resolve: (_, { input }) => setPaused(input.queue, true),
  }),
);

const ResumeQueueInput = builder.inputType('ResumeQueueInput', {
  description: 'Which queue goes on.',
  fields: (t) => ({ queue: t.string({ description: 'Name of the queue.' }) }),
});
builder.mutationField('resumeQueue', (t) =>
  t.field({
    type: QueueRef,
    guard: 'admin',
    description: 'Lets a paused queue go on.',
    args: { input: t.arg({ type: ResumeQueueInput }) },
    errors: { types: [NotFound], dataField: { name: 'queue', description: 'Going again.' } },
    resolve: (_, { input }) => setPaused(input.queue, false),
  }),
);

const CancelAllJobsInput = builder.inputType('CancelAllJobsInput', {
  description: 'Which jobs are to end: all that wait or run, unless something is named.',
  fields: (t) => ({
    queue: t.string({ required: false, description: 'Only those of this queue; of all when left out.' }),
    characterId: t.id({
      required: false,
      description: 'Only those of this character; of all when left out.',
    }),
    includeRunning: t.boolean({
      defaultValue: true,
      description: 'Whether those that run are to stop as well; else only those that wait end.',
    }),
  }),
});
const CancelledJobs = builder.objectRef<{ cancelled: number; stopping: number }>('CancelledJobs').implement({
  description: 'How many jobs were ended.',
  fields: (t) => ({
    cancelled: t.exposeInt('cancelled', { description: 'Waited, and are CANCELLED now.' }),
    stopping: t.exposeInt('stopping', {
      description: 'Run, and were told to stop: each saves what it can and is CANCELLED within seconds.',
    }),
  }),
});
builder.mutationField('cancelAllJobs', (t) =>
  t.field({
    type: CancelledJobs,
    guard: 'write:jobs',
    description:
      'Ends all jobs, or all of a queue or a character, as `cancelJob` does with one. Without the scope admin, downloads go on.',
    args: { input: t.arg({ type: CancelAllJobsInput }) },
    errors: { types: [NotFound], dataField: { name: 'jobs', description: 'How many there were.' } },
    resolve: (_, { input }, { principal }) => cancelAllJobs(input, principal),
  }),
);
