import { builder } from '../builder.ts';
import { Character } from '../characters/characters.graphql.ts';
import { InvalidInput } from '../errors.ts';
import { Generation } from './generation-types.graphql.ts';
import { listOutputs, neighbourOf } from './output-list.ts';
import { MAX_COUNTED, monthsOf, type OutputMonth } from './output-months.ts';
import { Output, OutputConnection } from './output-types.graphql.ts';
import { findOutput, type Output as OutputRow, outputCountsOf, setFavourite } from './outputs.ts';
import { removedIndexesOf } from './removed-outputs.ts';

/** What a gallery is filtered by, wherever it is: in its list, beside one of its images, in its months. */
const filterArgs = builder.args((t) => ({
  characterId: t.id({ required: false, description: 'Only of this character; any when left out.' }),
  loraId: t.id({ required: false, description: 'Only made with this LoRA; any when left out.' }),
  generationId: t.id({ required: false, description: 'Only of this generation; any when left out.' }),
  isFavourite: t.boolean({
    required: false,
    description: 'Only favourites, or with false only others; any when left out.',
  }),
  from: t.field({
    type: 'DateTime',
    required: false,
    description: 'Only made then or later; any when left out.',
  }),
  to: t.field({
    type: 'DateTime',
    required: false,
    description: 'Only made before then; any when left out.',
  }),
  search: t.string({
    required: false,
    description: 'Only with this in the prompt, whatever its case; any when left out or blank.',
  }),
  inTrash: t.boolean({
    required: false,
    defaultValue: false,
    description: 'Those in the trash, instead of those that are kept. False when left out.',
  }),
}));

builder.objectFields(Output, (t) => ({
  isFavourite: t.exposeBoolean('isFavourite', { description: 'Marked by somebody as one of the best.' }),
  deletedAt: t.expose('deletedAt', {
    type: 'DateTime',
    nullable: true,
    description:
      'When it was put into the trash, from which it goes for good after 30 days. Null when it is kept.',
  }),
  newer: t.field({
    type: Output,
    nullable: true,
    description: 'The next newer one among those of a filter; null when there is none.',
    args: filterArgs,
    resolve: (output, filter) => neighbourOf(output, 'newer', filter),
  }),
  older: t.field({
    type: Output,
    nullable: true,
    description: 'The next older one among those of a filter; null when there is none.',
    args: filterArgs,
    resolve: (output, filter) => neighbourOf(output, 'older', filter),
  }),
}));

builder.objectField(Generation, 'removedIndexes', (t) =>
  t.loadableList({
    type: 'Int',
    description:
      'Places in the batch, from 0, of images that were made and are in the trash or gone for good.',
    load: (ids: string[]) => removedIndexesOf(ids),
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
);

builder.objectField(Character, 'outputCount', (t) =>
  t.loadable({
    type: 'Int',
    description: 'How many generated images are kept of it: those that `outputs` lists.',
    load: (ids: string[]) => outputCountsOf(ids),
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
);

builder.queryField('output', (t) =>
  t.field({
    type: Output,
    nullable: true,
    guard: 'read',
    description: 'The generated image with this id, also when it is in the trash; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the output.' }) },
    resolve: (_, { id }) => findOutput(id),
  }),
);
builder.queryField('outputs', (t) =>
  t.connection(
    {
      type: Output,
      guard: 'read',
      description: 'Generated images, the newest first; in the trash those that were put there last.',
      args: filterArgs,
      resolve: (_, args) => listOutputs(args),
    },
    OutputConnection,
  ),
);

const OutputMonthRef = builder.objectRef<OutputMonth>('OutputMonth').implement({
  description: 'A month of a gallery, to go there at once.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'Year and month in UTC, such as `2026-01`.' }),
    count: t.exposeInt('count', {
      description: `How many images it has, counted to ${MAX_COUNTED}: then there may be more.`,
    }),
    after: t.exposeString('after', {
      description: '`outputs` of the same filter begins with this month behind this cursor.',
    }),
  }),
});
builder.queryField('outputMonths', (t) =>
  t.field({
    type: [OutputMonthRef],
    guard: 'read',
    description:
      'The months that have images, the newest first. Those of the trash are in another order, and have no months.',
    args: filterArgs,
    resolve: (_, filter) => (filter.inTrash === true ? [] : monthsOf(filter)),
  }),
);

const SetFavouriteInput = builder.inputType('SetFavouriteInput', {
  description: 'Which images are favourites from now on, or are none any more.',
  fields: (t) => ({
    outputIds: t.idList({ description: 'At most 500; those that are not there are passed over.' }),
    isFavourite: t.boolean({ description: 'What they are from now on.' }),
  }),
});
const SetFavouriteSuccess = builder.objectRef<{ outputs: OutputRow[] }>('SetFavouriteSuccess').implement({
  description: 'They are marked so.',
  fields: (t) => ({
    outputs: t.expose('outputs', {
      type: [Output],
      description: 'Those that were there, in the order of the input.',
    }),
  }),
});
builder.mutationField('setFavourite', (t) =>
  t.field({
    type: SetFavouriteSuccess,
    guard: 'write:jobs',
    description: 'Marks images as favourites, or takes the mark from them. For all who use this studio.',
    args: { input: t.arg({ type: SetFavouriteInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: async (_, { input }) => ({ outputs: await setFavourite(input.outputIds, input.isFavourite) }),
  }),
);
