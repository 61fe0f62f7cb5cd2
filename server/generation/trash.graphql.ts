import { builder } from '../builder.ts';
import { InvalidInput } from '../errors.ts';
import { Output } from './output-types.graphql.ts';
import type { Output as OutputRow } from './outputs.ts';
import { deleteOutputs, emptyTrash, type Purged, purgeOutputs, restoreOutputs, TRASH_DAYS } from './trash.ts';

const idsOf = (description: string) => (name: string, what: string) =>
  builder.inputType(name, {
    description: what,
    fields: (t) => ({ outputIds: t.idList({ description }) }),
  });

const DeleteOutputsInput = idsOf(
  'At most 500; those that are not there, or in the trash already, are passed over.',
)('DeleteOutputsInput', 'Which images go into the trash.');

const DeleteOutputsSuccess = builder.objectRef<{ outputs: OutputRow[] }>('DeleteOutputsSuccess').implement({
  description: 'The receipt: what is in the trash now, and for how long.',
  fields: (t) => ({
    outputs: t.expose('outputs', {
      type: [Output],
      description: 'Those that were put there, in the order of the input.',
    }),
    bytes: t.field({
      type: 'Bytes',
      description: 'Of them together. They are free only when the images go for good.',
      resolve: ({ outputs }) => outputs.reduce((sum, { bytes }) => sum + bytes, 0),
    }),
    keptDays: t.int({
      description: 'So many days they can be restored.',
      resolve: () => TRASH_DAYS,
    }),
  }),
});
builder.mutationField('deleteOutputs', (t) =>
  t.field({
    type: DeleteOutputsSuccess,
    guard: 'write:jobs',
    description:
      'Puts images into the trash: they are in no list but that of the trash, and go for good after 30 days. What was made from them stays.',
    args: { input: t.arg({ type: DeleteOutputsInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: async (_, { input }) => ({ outputs: await deleteOutputs(input.outputIds) }),
  }),
);

const RestoreOutputsInput = idsOf('At most 500; those that are not in the trash are passed over.')(
  'RestoreOutputsInput',
  'Which images are taken back out of the trash.',
);
const RestoreOutputsSuccess = builder.objectRef<{ outputs: OutputRow[] }>('RestoreOutputsSuccess').implement({
  description: 'They are where they were, as they were.',
  fields: (t) => ({
    outputs: t.expose('outputs', {
      type: [Output],
      description: 'Those that were in the trash, in the order of the input.',
    }),
  }),
});
builder.mutationField('restoreOutputs', (t) =>
  t.field({
    type: RestoreOutputsSuccess,
    guard: 'write:jobs',
    description: 'Takes images back out of the trash.',
    args: { input: t.arg({ type: RestoreOutputsInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: async (_, { input }) => ({ outputs: await restoreOutputs(input.outputIds) }),
  }),
);

const PurgedOutputs = builder.objectRef<Purged>('PurgedOutputs').implement({
  description: 'What is gone for good.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many images.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Of them together; they are free in a moment.' }),
  }),
});

const EmptyTrashInput = builder.inputType('EmptyTrashInput', {
  description: 'Which images of the trash go for good.',
  fields: (t) => ({
    outputIds: t.idList({
      required: false,
      description:
        'At most 500; those that are not in the trash are passed over. All that is in it when left out.',
    }),
  }),
});
builder.mutationField('emptyTrash', (t) =>
  t.field({
    type: PurgedOutputs,
    guard: 'write:jobs',
    description:
      'Deletes images for good that are in the trash. One whose job still waits or runs stays there until that has ended.',
    args: { input: t.arg({ type: EmptyTrashInput }) },
    errors: { types: [InvalidInput], dataField: { name: 'purged', description: 'What is gone.' } },
    resolve: (_, { input }) => (input.outputIds == null ? emptyTrash() : purgeOutputs(input.outputIds)),
  }),
);
