import { builder } from '../builder.ts';
import { UnsupportedParameter } from '../capabilities.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { followJob, listJobsOfKind } from '../jobs/job-lists.ts';
import { JobState } from '../jobs/job-types.graphql.ts';
import { UnknownWildcard, WildcardNesting } from '../prompts/prompts.ts';
import { QuotaExceeded } from '../quotas.ts';
import { ASPECT_PRESETS, type AspectPreset } from './aspect-presets.ts';
import { findGeneration, isGeneration, repeatGeneration, startGeneration } from './generation.ts';
import { givenIn, StartGenerationInput } from './generation-input.graphql.ts';
import { Generation, GenerationConnection } from './generation-types.graphql.ts';
import { GridTooLarge } from './grid.ts';

const AspectPresetRef = builder.objectRef<AspectPreset>('AspectPreset').implement({
  description:
    'A size that the models are good at. Scale by 0.75 or 1.25 and round to 16 px for other qualities.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Such as `4:5`.' }),
    width: t.exposeInt('width', { description: 'Pixels.' }),
    height: t.exposeInt('height', { description: 'Pixels.' }),
  }),
});
builder.queryField('aspectPresets', (t) =>
  t.field({
    type: [AspectPresetRef],
    guard: 'read',
    description: 'Sizes to choose from, the square first.',
    resolve: () => [...ASPECT_PRESETS],
  }),
);

builder.queryField('generation', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    guard: 'read',
    description: 'The generation with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the generation.' }) },
    resolve: (_, { id }) => findGeneration(id),
  }),
);
builder.queryField('generations', (t) =>
  t.connection(
    {
      type: Generation,
      guard: 'read',
      description: 'Generations, the newest first.',
      args: {
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
      },
      resolve: (_, args) => listJobsOfKind(isGeneration, { ...args, kind: 'generation' }),
    },
    GenerationConnection,
  ),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const errors = {
  types: [...KEY_ERRORS, QuotaExceeded, UnsupportedParameter, GridTooLarge, UnknownWildcard, WildcardNesting],
  dataField: { name: 'generation', description: 'As it was put in line.' },
} as const;

builder.mutationField('startGeneration', (t) =>
  t.field({
    type: Generation,
    guard: 'write:jobs',
    description:
      'Puts a batch or a grid of images in line. What their texts become is decided now, and stays.',
    args: { input: t.arg({ type: StartGenerationInput }), idempotencyKey: idempotencyKey(t) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, args) => startGeneration(givenIn(args.input), askedFor('startGeneration', args)),
  }),
);

const RepeatGenerationInput = builder.inputType('RepeatGenerationInput', {
  description: 'Which generation is made again, and how.',
  fields: (t) => ({
    generationId: t.id({ description: 'The one whose parameters are taken.' }),
    newSeed: t.boolean({
      defaultValue: false,
      description:
        'Draw another seed: images like these, but not the same. The seeds of a grid move by one number, and what the texts become is drawn anew from the lists as they are now. False when left out: the same texts and seeds.',
    }),
  }),
});
builder.mutationField('repeatGeneration', (t) =>
  t.field({
    type: Generation,
    guard: 'write:jobs',
    description: 'Puts a new generation with the same parameters in line.',
    args: { input: t.arg({ type: RepeatGenerationInput }), idempotencyKey: idempotencyKey(t) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, args) => {
      const { generationId, newSeed } = args.input;
      return repeatGeneration(generationId, { newSeed }, askedFor('repeatGeneration', args));
    },
  }),
);

builder.subscriptionField('generationUpdates', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    guard: 'read',
    description:
      'The generation as it is, then after each change, until it has ended. Null when there is none.',
    args: { generationId: t.arg.id({ description: 'Of the generation.' }) },
    subscribe: (_, { generationId }) => followJob(generationId),
    resolve: (job) => (isGeneration(job) ? job : null),
  }),
);
