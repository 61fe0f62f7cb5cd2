import { builder } from '../builder.ts';
import { Job } from './job-types.graphql.ts';
import { jobOfWorker, liveWorkers, type Worker } from './workers.ts';

const WorkerRef = builder.objectRef<Worker>('Worker').implement({
  description: 'A process that runs jobs, one at a time.',
  fields: (t) => ({
    id: t.exposeID('id'),
    host: t.exposeString('host', { description: 'Name of its machine.' }),
    version: t.exposeString('version'),
    engines: t.exposeStringList('engines', {
      description: 'The lines that it serves, such as `training.fast-test`.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      description: 'It tells every 5 s that it lives.',
    }),
    currentJob: t.field({ type: Job, nullable: true, resolve: ({ id }) => jobOfWorker(id) }),
  }),
});

builder.queryField('workers', (t) =>
  t.field({
    type: [WorkerRef],
    description: 'Those that told within the last 15 s that they live.',
    resolve: liveWorkers,
  }),
);
