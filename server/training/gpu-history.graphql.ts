import { builder } from '../builder.ts';
import { GpuRef } from '../jobs/job-events.graphql.ts';
import { type GpuReading, gpuHistoryOf } from './gpu-history.ts';
import { Training } from './training-types.graphql.ts';

const GpuReadingRef = builder.objectRef<GpuReading>('GpuReading').implement({
  description: 'What the GPU did at a time.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the engine told it.' }),
    gpu: t.expose('gpu', { type: GpuRef, description: 'As it was then.' }),
  }),
});

builder.objectField(Training, 'gpuHistory', (t) =>
  t.field({
    type: [GpuReadingRef],
    description:
      'What the GPU did from the first reading to the newest, thinned on the server; empty when there is none.',
    args: {
      points: t.arg.int({
        defaultValue: 300,
        description:
          'At most so many, 10 to 1000; 300 when left out. The nearest limit stands for one beyond.',
      }),
    },
    resolve: ({ id }, { points }) => gpuHistoryOf(id, Math.min(1000, Math.max(10, points))),
  }),
);
