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
  score: 'SampleScored',
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
        'Its place in the history of the job, counted from 1; events of a job that ended long ago may have been taken out. Give it as `after` to go on.',
      resolve: ({ seq }) => String(seq),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was written down.' }),
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
    state: t.field({
      type: JobState,
      description: 'That it has from here on.',
      resolve: ({ data }) => data.state,
    }),
    attempt: t.int({
      description: 'How often it had been started by then, as `Job.attempt`.',
      resolve: ({ data }) => data.attempt,
    }),
    error: t.field({
      type: JobErrorRef,
      nullable: true,
      description: 'Null unless it failed for good.',
      resolve: ({ data }) => data.failure,
    }),
    hold: t.field({
      type: JobErrorRef,
      nullable: true,
      description:
        'What it was put back in line for, such as a full disk: it goes on by itself when that is over. Null for most.',
      resolve: ({ data }) => data.hold ?? null,
    }),
  }),
});

jobEventType('stage').implement({
  description: 'The job went on to its next stage.',
  interfaces: [JobEvent],
  fields: (t) => ({
    stage: t.field({ type: JobStage, description: 'That it is in now.', resolve: ({ data }) => data.stage }),
  }),
});

const StepMetricRef = builder.objectRef<StepMetric>('StepMetric').implement({
  description: 'What one training step measured.',
  fields: (t) => ({
    step: t.exposeInt('step', { description: 'From 1.' }),
    loss: t.exposeFloat('loss', { description: 'As the engine measures it; less is better.' }),
    learningRate: t.exposeFloat('learningRate', { description: 'At this step.' }),
  }),
});

export const GpuRef = builder.objectRef<GpuStats>('Gpu').implement({
  description: 'What the GPU did when the engine last told.',
  fields: (t) => ({
    utilisation: t.exposeFloat('utilisation', {
      description: 'Share of the time that it computed, from 0 to 1.',
    }),
    memoryUsedBytes: t.expose('memoryUsedBytes', { type: 'Bytes', description: 'Of its own memory.' }),
    memoryTotalBytes: t.expose('memoryTotalBytes', { type: 'Bytes', description: 'Of its own memory.' }),
    temperatureCelsius: t.exposeFloat('temperatureCelsius', { description: '°C.' }),
    powerWatts: t.exposeFloat('powerWatts', { description: 'What it draws, in watts.' }),
  }),
});

jobEventType('progress').implement({
  description: 'The job got further. Ten times a second at most, however quick the steps are.',
  interfaces: [JobEvent],
  fields: (t) => ({
    step: t.int({ description: 'Steps done, out of `steps`.', resolve: ({ data }) => data.step }),
    steps: t.int({ description: 'As `Job.steps`.', resolve: ({ data }) => data.steps }),
    stepsPerSecond: t.float({
      nullable: true,
      description: 'Pace of the last seconds; null before there is one.',
      resolve: ({ data }) => data.stepsPerSecond,
    }),
    eta: t.field({
      type: EtaRef,
      nullable: true,
      description: 'As it was then; null before there is a pace.',
      resolve: ({ data }) => data.eta,
    }),
    metrics: t.field({
      type: [StepMetricRef],
      description: 'Each step of a training since the last such event; empty for other jobs.',
      resolve: ({ data }) => data.metrics,
    }),
    gpu: t.field({
      type: GpuRef,
      nullable: true,
      description: 'Null when the engine told nothing of it since the last such event.',
      resolve: ({ data }) => data.gpu,
    }),
  }),
});

jobEventType('log').implement({
  description: 'The engine said something.',
  interfaces: [JobEvent],
  fields: (t) => ({
    level: t.field({ type: LogLevel, description: 'How grave it is.', resolve: ({ data }) => data.level }),
    message: t.string({
      description: 'One line, as the engine said it.',
      resolve: ({ data }) => data.message,
    }),
  }),
});
