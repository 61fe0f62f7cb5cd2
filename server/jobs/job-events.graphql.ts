import type { GpuStats } from '#schema/training.ts';
import { builder } from '../builder.ts';
import type { JobEvent as AnyJobEvent, EventData, JobEventOf, StepMetric } from './history.ts';
import { EtaRef, JobErrorRef, JobStage, JobState, LogLevel } from './job-types.graphql.ts';

const TYPE_OF: Record<keyof EventData, string> = {
  state: 'JobStateChanged',
  stage: 'JobStageChanged',
  progress: 'JobProgressed',
  log: 'JobLogged',
  sample: 'SampleAdded',
  checkpoint: 'CheckpointAdded',
  output: 'OutputAdded',
  preview: 'PreviewUpdated',
};

export const JobEvent = builder.interfaceRef<AnyJobEvent>('JobEvent').implement({
  description: 'One thing that happened to a job.',
  resolveType: ({ type }) => TYPE_OF[type],
  fields: (t) => ({
    cursor: t.string({
      description:
        'Its place in the history of the job, counted from 1 without a hole. Give it as `after` to go on.',
      resolve: ({ seq }) => String(seq),
    }),
    at: t.expose('at', { type: 'DateTime' }),
    correlationId: t.exposeString('correlationId', { description: 'Of the request that started the job.' }),
  }),
});

/** The GraphQL type of one type of event. Later slices add theirs with it. */
export const jobEventType = <Type extends keyof EventData>(type: Type) =>
  builder.objectRef<JobEventOf<Type>>(TYPE_OF[type]);

jobEventType('state').implement({
  description: 'The job was queued, started, handed back, or ended.',
  interfaces: [JobEvent],
  fields: (t) => ({
    state: t.field({ type: JobState, resolve: ({ data }) => data.state }),
    attempt: t.int({ resolve: ({ data }) => data.attempt }),
    error: t.field({ type: JobErrorRef, nullable: true, resolve: ({ data }) => data.failure }),
  }),
});

jobEventType('stage').implement({
  description: 'The job went on to its next stage.',
  interfaces: [JobEvent],
  fields: (t) => ({ stage: t.field({ type: JobStage, resolve: ({ data }) => data.stage }) }),
});

const StepMetricRef = builder.objectRef<StepMetric>('StepMetric').implement({
  description: 'What one training step measured.',
  fields: (t) => ({
    step: t.exposeInt('step'),
    loss: t.exposeFloat('loss'),
    learningRate: t.exposeFloat('learningRate'),
  }),
});

export const GpuRef = builder.objectRef<GpuStats>('Gpu').implement({
  description: 'What the GPU did when the engine last told.',
  fields: (t) => ({
    utilisation: t.exposeFloat('utilisation', { description: 'From 0 to 1.' }),
    memoryUsedBytes: t.expose('memoryUsedBytes', { type: 'Bytes' }),
    memoryTotalBytes: t.expose('memoryTotalBytes', { type: 'Bytes' }),
    temperatureCelsius: t.exposeFloat('temperatureCelsius'),
    powerWatts: t.exposeFloat('powerWatts'),
  }),
});

jobEventType('progress').implement({
  description: 'The job got further. Ten times a second at most, however quick the steps are.',
  interfaces: [JobEvent],
  fields: (t) => ({
    step: t.int({ resolve: ({ data }) => data.step }),
    steps: t.int({ resolve: ({ data }) => data.steps }),
    stepsPerSecond: t.float({ nullable: true, resolve: ({ data }) => data.stepsPerSecond }),
    eta: t.field({ type: EtaRef, nullable: true, resolve: ({ data }) => data.eta }),
    metrics: t.field({
      type: [StepMetricRef],
      description: 'Each step since the last such event; empty for a generation.',
      resolve: ({ data }) => data.metrics,
    }),
    gpu: t.field({ type: GpuRef, nullable: true, resolve: ({ data }) => data.gpu }),
  }),
});

jobEventType('log').implement({
  description: 'The engine said something.',
  interfaces: [JobEvent],
  fields: (t) => ({
    level: t.field({ type: LogLevel, resolve: ({ data }) => data.level }),
    message: t.string({ resolve: ({ data }) => data.message }),
  }),
});
