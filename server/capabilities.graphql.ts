import { builder, UserErrorInterface } from './builder.ts';
import {
  generationCapabilities,
  generationHealth,
  trainingCapabilities,
  trainingHealth,
  UnsupportedParameter,
} from './capabilities.ts';
import type {
  BaseModel,
  EngineHealth,
  GenerationCapabilities,
  TrainingCapabilities,
} from './engines/engine.ts';
import { asEnumValues, ParameterRef } from './parameters.graphql.ts';
import { PRESETS, type Preset } from './training/presets.ts';
import { TrainingConfigRef, TrainingPresetName } from './training/training-types.graphql.ts';
import { VIDEO_UNSUPPORTED } from './video.ts';

builder.objectType(UnsupportedParameter, {
  name: 'UnsupportedParameter',
  description: 'The engine cannot do this. Nothing was started.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ parameter: t.exposeString('parameter'), reason: t.exposeString('reason') }),
});

const BaseModelRef = builder.objectRef<BaseModel>('BaseModel').implement({
  description: 'A model that LoRAs are trained for and images are made with.',
  fields: (t) => ({
    id: t.exposeID('id'),
    label: t.exposeString('label'),
    description: t.exposeString('description'),
    resolutions: t.exposeIntList('resolutions', {
      description: 'Pixels a side that it was made for, the best first.',
    }),
  }),
});

const EngineHealthRef = builder.objectRef<EngineHealth>('EngineHealth').implement({
  fields: (t) => ({ isHealthy: t.exposeBoolean('isHealthy'), message: t.exposeString('message') }),
});

const TrainingPreset = builder.objectRef<Preset>('TrainingPreset').implement({
  fields: (t) => ({
    name: t.expose('name', { type: TrainingPresetName }),
    label: t.exposeString('label'),
    description: t.exposeString('description'),
    config: t.expose('config', {
      type: TrainingConfigRef,
      description: 'Its `seed` says nothing: one is drawn for each training.',
    }),
  }),
});

const TrainingCapabilitiesRef = builder.objectRef<TrainingCapabilities>('TrainingCapabilities').implement({
  description: 'What the installed training engine can do.',
  fields: (t) => ({
    engine: t.exposeString('engine'),
    label: t.exposeString('label'),
    health: t.field({ type: EngineHealthRef, resolve: trainingHealth }),
    baseModels: t.expose('baseModels', { type: [BaseModelRef] }),
    parameters: t.field({ type: [ParameterRef], resolve: ({ parameters }) => parameters.map(asEnumValues) }),
    presets: t.field({ type: [TrainingPreset], resolve: () => [...PRESETS] }),
  }),
});

const Toggle = builder.objectRef<GenerationCapabilities['toggles'][number]>('Toggle').implement({
  description: 'Something that a generation can do besides, with its own settings.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The field of `StartGenerationInput` that turns it on.' }),
    label: t.exposeString('label'),
    description: t.exposeString('description'),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why this engine cannot; null when it can.',
    }),
    parameters: t.field({ type: [ParameterRef], resolve: ({ parameters }) => parameters.map(asEnumValues) }),
  }),
});

const GenerationCapabilitiesRef = builder
  .objectRef<GenerationCapabilities>('GenerationCapabilities')
  .implement({
    description: 'What the installed generation engine can do.',
    fields: (t) => ({
      engine: t.exposeString('engine'),
      label: t.exposeString('label'),
      health: t.field({ type: EngineHealthRef, resolve: generationHealth }),
      baseModels: t.expose('baseModels', { type: [BaseModelRef] }),
      parameters: t.expose('parameters', { type: [ParameterRef] }),
      toggles: t.expose('toggles', { type: [Toggle] }),
    }),
  });

const VideoCapabilities = builder.objectRef<object>('VideoCapabilities').implement({
  fields: (t) => ({
    unsupported: t.string({ description: 'Why not yet.', resolve: () => VIDEO_UNSUPPORTED }),
  }),
});

const Capabilities = builder.objectRef<object>('Capabilities').implement({
  description: 'What this installation can do. Forms are drawn from it, and inputs are checked against it.',
  fields: (t) => ({
    training: t.field({ type: TrainingCapabilitiesRef, resolve: trainingCapabilities }),
    generation: t.field({ type: GenerationCapabilitiesRef, resolve: generationCapabilities }),
    video: t.field({ type: VideoCapabilities, resolve: () => ({}) }),
  }),
});
builder.queryField('capabilities', (t) => t.field({ type: Capabilities, resolve: () => ({}) }));
