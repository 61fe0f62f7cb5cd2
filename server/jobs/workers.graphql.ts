import type { EngineReport } from '#schema/jobs.ts';
import { builder } from '../builder.ts';
import { NotFound } from '../errors.ts';
import { Job } from './job-types.graphql.ts';
import {
  followWorkers,
  listWorkers,
  setDraining,
  stateOf,
  type WorkerInfo,
  type WorkerState,
} from './workers.ts';

const WorkerStateRef = builder.enumType('WorkerState', {
  description: 'What a worker does.',
  values: {
    IDLE: { value: 'idle', description: 'Waits for a job.' },
    BUSY: { value: 'busy', description: 'Has at least one job in hand.' },
    DRAINING: { value: 'draining', description: 'Finishes what it has in hand and takes no more.' },
    DRAINED: { value: 'drained', description: 'Has nothing in hand and takes nothing: it can be stopped.' },
    LOST: {
      value: 'lost',
      description: 'Has not been heard of for 15 s. Its jobs went to others; forgotten after a day.',
    },
  } satisfies Record<Uppercase<WorkerState>, { value: WorkerState; description: string }>,
});

const EngineReportRef = builder.objectRef<EngineReport>('EngineReport').implement({
  description: 'What a worker last heard of one of its engines.',
  fields: (t) => ({
    queue: t.exposeString('queue', { description: 'That the engine serves, such as `training.fast-test`.' }),
    isHealthy: t.exposeBoolean('isHealthy', { description: 'Whether it can work.' }),
    message: t.exposeString('message', { description: 'One sentence for people, in either case.' }),
  }),
});

const WorkerRef = builder.objectRef<WorkerInfo>('Worker').implement({
  description: 'A process that runs jobs: at most one of each kind at a time.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this process; another one after each start.' }),
    host: t.exposeString('host', { description: 'Name of its machine.' }),
    version: t.exposeString('version', { description: 'Of its program, as `Info.version`.' }),
    gpuUuid: t.exposeString('gpuUuid', {
      nullable: true,
      description: 'The GPU that it uses, as `nvidia-smi` names it (`GPU-…`); null without one.',
    }),
    gpuName: t.exposeString('gpuName', {
      nullable: true,
      description: 'Its model, such as `NVIDIA GeForce RTX 4090`; null without one.',
    }),
    gpuMemoryBytes: t.expose('gpuMemoryBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'All that the GPU has; null without one.',
    }),
    engineReports: t.expose('engineReports', {
      type: [EngineReportRef],
      description: 'How its engines are. It asks them every 5 s.',
    }),
    engines: t.exposeStringList('engines', {
      description: 'The queues that it serves, such as `training.fast-test`.',
    }),
    state: t.field({ type: WorkerStateRef, description: 'What it does now.', resolve: stateOf }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began to work.' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When it last told that it lives, which it does every 5 s.',
    }),
    currentJobs: t.field({
      type: [Job],
      description: 'What it has in hand, one of each kind at most.',
      resolve: ({ jobs }) => jobs,
    }),
  }),
});

builder.queryField('workers', (t) =>
  t.field({
    type: [WorkerRef],
    guard: 'read',
    description: 'Those that were heard of within a day, the oldest first.',
    resolve: listWorkers,
  }),
);

builder.subscriptionField('workerUpdates', (t) =>
  t.field({
    type: [WorkerRef],
    guard: 'read',
    description:
      'All workers as they are, then each time that one comes, goes, takes or ends a job, is drained, is lost, or hears something else of its engines. Never completes by itself.',
    subscribe: followWorkers,
    resolve: (workers) => workers,
  }),
);

const DrainWorkerInput = builder.inputType('DrainWorkerInput', {
  description: 'Which worker takes no more jobs.',
  fields: (t) => ({ workerId: t.id({ description: 'Of the worker.' }) }),
});
builder.mutationField('drainWorker', (t) =>
  t.field({
    type: WorkerRef,
    guard: 'admin',
    description:
      'Lets a worker finish what it has in hand and take no more, before its machine is turned off. When this has answered, nothing starts on it any more.',
    args: { input: t.arg({ type: DrainWorkerInput }) },
    errors: { types: [NotFound], dataField: { name: 'worker', description: 'DRAINING or DRAINED.' } },
    resolve: (_, { input }) => setDraining(input.workerId, true),
  }),
);

const ResumeWorkerInput = builder.inputType('ResumeWorkerInput', {
  description: 'Which worker takes jobs again.',
  fields: (t) => ({ workerId: t.id({ description: 'Of the worker.' }) }),
});
builder.mutationField('resumeWorker', (t) =>
  t.field({
    type: WorkerRef,
    guard: 'admin',
    description: 'Lets a worker that was drained take jobs again.',
    args: { input: t.arg({ type: ResumeWorkerInput }) },
    errors: { types: [NotFound], dataField: { name: 'worker', description: 'As it is now.' } },
    resolve: (_, { input }) => setDraining(input.workerId, false),
  }),
);
