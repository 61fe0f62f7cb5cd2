import { builder } from '../builder.ts';
import { Job } from './job-types.graphql.ts';
import { jobOfWorker, liveWorkers, type Worker } from './workers.ts';

const WorkerRef = builder.objectRef<Worker>('Worker').implement({
  description: 'A process that runs jobs, one at a time.',
  fields: (t) => ({
    id: t.exposeID('id'),
    host: t.exposeString('host', { description: 'Name of its machine.' }),
    version: t.exposeString('version', { description: 'Of its program, as `Info.version`.' }),
    engines: t.exposeStringList('engines', {
      description: 'The lines that it serves, such as `training.fast-test`.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'When it last told that it lives, which it does every 5 s.',
    }),
    currentJob: t.field({
      type: Job,
      nullable: true,
      description: 'Null when it waits for one.',
      resolve: ({ id }) => jobOfWorker(id),
    }),
  }),
});

builder.queryField('workers', (t) =>
  t.field({
    type: [WorkerRef],
    description: 'Those that told within the last 15 s that they live, the oldest first.',
    resolve: liveWorkers,
  }),
);
