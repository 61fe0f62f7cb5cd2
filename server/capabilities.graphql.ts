import { builder, UserErrorInterface } from './builder.ts';
import {
  engineNames,
  generationCapabilities,
  trainingCapabilities,
  UnsupportedParameter,
} from './capabilities.ts';
import type {
  BaseModel,
  EngineHealth,
  GenerationCapabilities,
  TrainingCapabilities,
} from './engines/engine.ts';
import { healthNow } from './jobs/engine-health.ts';
import { asEnumValues, ParameterRef } from './parameters.graphql.ts';
import { PRESETS, type Preset } from './training/presets.ts';
import { TrainingConfigRef, TrainingPresetName } from './training/training-config.graphql.ts';
import { VIDEO_UNSUPPORTED } from './video.ts';

builder.objectType(UnsupportedParameter, {
  name: 'UnsupportedParameter',
  description: 'The engine cannot do this. Nothing was started.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    parameter: t.exposeString('parameter', { description: 'Path in the input, such as `controlNet`.' }),
    reason: t.exposeString('reason', { description: 'Why not, for people.' }),
  }),
});

const GenerationDefaults = builder.objectRef<BaseModel['defaults']>('GenerationDefaults').implement({
  description: 'Values that suit a base model. What is null is best left at the default of the engine.',
  fields: (t) => ({
    width: t.exposeInt('width', { nullable: true, description: 'Pixels.' }),
    height: t.exposeInt('height', { nullable: true, description: 'Pixels.' }),
    steps: t.exposeInt('steps', { nullable: true, description: 'Sampler steps.' }),
    guidanceScale: t.exposeFloat('guidanceScale', {
      nullable: true,
      description: 'How strictly the prompt is followed.',
    }),
    sampler: t.exposeString('sampler', { nullable: true, description: 'One of the options of `sampler`.' }),
    scheduler: t.exposeString('scheduler', {
      nullable: true,
      description: 'One of the options of `scheduler`.',
    }),
  }),
});

const Lack = builder.objectRef<BaseModel['lacks'][number]>('Lack').implement({
  description:
    'Something that an engine can do, but not with this base model. A job that asks for it is refused.',
  fields: (t) => ({
    parameter: t.exposeString('parameter', {
      description: 'Name of a parameter or a toggle, such as `negativePrompt`.',
    }),
    reason: t.exposeString('reason', { description: 'Why not, for people.' }),
  }),
});

const BaseModelRef = builder.objectRef<BaseModel>('BaseModel').implement({
  description: 'A model that LoRAs are trained for and images are made with.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `baseModel` of an input takes, such as `flux.1-dev`.' }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'What it is good at, one sentence.' }),
    resolutions: t.exposeIntList('resolutions', {
      description: 'Pixels a side that it was made for, the best first.',
    }),
    family: t.exposeString('family', {
      description: 'LoRAs work with every base model of their family, such as `flux.1`.',
    }),
    defaults: t.expose('defaults', {
      type: GenerationDefaults,
      description: 'What a generation with it takes for values that are left out.',
    }),
    lacks: t.expose('lacks', { type: [Lack], description: 'What cannot be done with this one.' }),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why it cannot be used now, such as which file is missing; null when it can.',
    }),
  }),
});

const EngineHealthRef = builder.objectRef<EngineHealth>('EngineHealth').implement({
  description: 'Whether an engine can work now, as the workers say who run it. They ask it every 5 s.',
  fields: (t) => ({
    isHealthy: t.exposeBoolean('isHealthy', { description: 'False: jobs for it wait or fail.' }),
    message: t.exposeString('message', { description: 'One sentence for people, in either case.' }),
  }),
});

const TrainingPreset = builder.objectRef<Preset>('TrainingPreset').implement({
  description: 'Values for all of a training config, chosen for one aim.',
  fields: (t) => ({
    name: t.expose('name', { type: TrainingPresetName, description: 'What `preset` of an input takes.' }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'What it is good for, one sentence.' }),
    config: t.expose('config', {
      type: TrainingConfigRef,
      description: 'All its values. Its `seed` says nothing: one is drawn for each training.',
    }),
  }),
});

const TrainingCapabilitiesRef = builder.objectRef<TrainingCapabilities>('TrainingCapabilities').implement({
  description: 'What the installed training engine can do.',
  fields: (t) => ({
    engine: t.exposeString('engine', { description: 'As in `Job.engine`, such as `fast-test`.' }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    health: t.field({
      type: EngineHealthRef,
      description: 'Whether it can train now.',
      resolve: () => healthNow(`training.${engineNames.training}`),
    }),
    baseModels: t.expose('baseModels', {
      type: [BaseModelRef],
      description: 'What it can train for; the first that can be used is the default.',
    }),
    parameters: t.field({
      type: [ParameterRef],
      description: 'The fields of `TrainingConfigInput`, with range and default of each.',
      resolve: ({ parameters }) => parameters.map(asEnumValues),
    }),
    presets: t.field({
      type: [TrainingPreset],
      description: 'From the quickest to the finest, then by hand.',
      resolve: () => [...PRESETS],
    }),
  }),
});

const Toggle = builder.objectRef<GenerationCapabilities['toggles'][number]>('Toggle').implement({
  description: 'Something that a generation can do besides, with its own settings.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The field of `StartGenerationInput` that turns it on.' }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'What it does, one sentence.' }),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why this engine cannot; null when it can.',
    }),
    parameters: t.field({
      type: [ParameterRef],
      description: 'The fields of its input, with range and default of each.',
      resolve: ({ parameters }) => parameters.map(asEnumValues),
    }),
  }),
});

const GenerationCapabilitiesRef = builder
  .objectRef<GenerationCapabilities>('GenerationCapabilities')
  .implement({
    description: 'What the installed generation engine can do.',
    fields: (t) => ({
      engine: t.exposeString('engine', { description: 'As in `Job.engine`, such as `fast-test`.' }),
      label: t.exposeString('label', { description: 'Its name for people.' }),
      health: t.field({
        type: EngineHealthRef,
        description: 'Whether it can generate now.',
        resolve: () => healthNow(`generation.${engineNames.generation}`),
      }),
      baseModels: t.expose('baseModels', {
        type: [BaseModelRef],
        description: 'What it can generate with; the first that can be used is the default without a LoRA.',
      }),
      parameters: t.expose('parameters', {
        type: [ParameterRef],
        description: 'The fields of `StartGenerationInput`, with range and default of each.',
      }),
      toggles: t.expose('toggles', {
        type: [Toggle],
        description: 'What can be turned on besides; also what this engine cannot, with the reason.',
      }),
    }),
  });

const VideoCapabilities = builder.objectRef<object>('VideoCapabilities').implement({
  description: 'What this installation can do with video: nothing yet.',
  fields: (t) => ({
    unsupported: t.string({ description: 'Why not yet.', resolve: () => VIDEO_UNSUPPORTED }),
  }),
});

const Capabilities = builder.objectRef<object>('Capabilities').implement({
  description: 'What this installation can do. Forms are drawn from it, and inputs are checked against it.',
  fields: (t) => ({
    training: t.field({
      type: TrainingCapabilitiesRef,
      description: 'Of the engine that trains.',
      resolve: trainingCapabilities,
    }),
    generation: t.field({
      type: GenerationCapabilitiesRef,
      description: 'Of the engine that generates.',
      resolve: generationCapabilities,
    }),
    video: t.field({ type: VideoCapabilities, description: 'In development.', resolve: () => ({}) }),
  }),
});
builder.queryField('capabilities', (t) =>
  t.field({
    type: Capabilities,
    guard: 'read',
    description: 'What the engines of this installation can do, and whether they are well.',
    resolve: () => ({}),
  }),
);
