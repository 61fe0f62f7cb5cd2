import { builder, UserErrorInterface } from '../builder.ts';
import { type Preflight, PreflightFailed, preflightOf } from './preflight.ts';
import type { Finding } from './preflight-findings.ts';
import { StartTrainingInput } from './training.graphql.ts';

const FindingSeverity = builder.enumType('FindingSeverity', {
  description: 'How much a finding matters.',
  values: {
    ERROR: { value: 'error', description: 'It could only fail, so it is not started.' },
    WARNING: { value: 'warning', description: 'It may wait, fail or turn out worse than it could.' },
    INFO: { value: 'info', description: 'Good to know.' },
  } satisfies Record<Uppercase<Finding['severity']>, { value: Finding['severity']; description: string }>,
});

const FindingRef = builder.objectRef<Finding>('Finding').implement({
  description: 'Something that is known of a training before it is started.',
  fields: (t) => ({
    severity: t.expose('severity', { type: FindingSeverity }),
    code: t.exposeString('code', {
      description:
        'For programs: `NO_WORKER`, `ENGINE_NOT_HEALTHY`, `GPU_MEMORY`, `NO_GPU`, `MODEL_GATED`, `DISK_SPACE`, `FEW_IMAGES` …',
    }),
    message: t.exposeString('message', { description: 'What it is, one sentence.' }),
    advice: t.exposeString('advice', {
      nullable: true,
      description: 'What to do about it, where that is known.',
    }),
  }),
});

const TrainingPreflight = builder.objectRef<Preflight>('TrainingPreflight').implement({
  description: 'How a training would go, as far as that is known before it is started.',
  fields: (t) => ({
    findings: t.expose('findings', { type: [FindingRef], description: 'Errors keep it from being started.' }),
    diskBytes: t.expose('diskBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'What it writes to the volume, about; null while the input is not right.',
    }),
    vramBytes: t.expose('vramBytes', {
      type: 'Bytes',
      nullable: true,
      description:
        'GPU memory that it takes, about; null when it needs no GPU, or while the input is not right.',
    }),
    forecastSeconds: t.exposeFloat('forecastSeconds', {
      nullable: true,
      description:
        'How long it takes, from the last completed trainings with the same engine, base model and resolution; null before the first.',
    }),
  }),
});

builder.objectType(PreflightFailed, {
  name: 'PreflightFailed',
  description: 'The training could only fail. Nothing was started.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    findings: t.expose('findings', {
      type: [FindingRef],
      description: 'Those that keep it from being started.',
    }),
  }),
});

builder.queryField('trainingPreflight', (t) =>
  t.field({
    type: TrainingPreflight,
    guard: 'read',
    description:
      'Looks at a training before it is started, and starts nothing. What is wrong with the input is a finding too.',
    args: { input: t.arg({ type: StartTrainingInput }) },
    resolve: (_, { input }) => preflightOf(input),
  }),
);
