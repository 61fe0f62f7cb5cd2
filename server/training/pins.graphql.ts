import { builder } from '../builder.ts';
import { NotFound } from '../errors.ts';
import { setPinned } from './pins.ts';
import { Training } from './training-types.graphql.ts';

const PinCheckpointInput = builder.inputType('PinCheckpointInput', {
  description: 'Which checkpoint is kept.',
  fields: (t) => ({ checkpointId: t.id({ description: 'Of the checkpoint.' }) }),
});
builder.mutationField('pinCheckpoint', (t) =>
  t.field({
    type: Training,
    guard: 'write:jobs',
    description:
      'Keeps a checkpoint beside the newest `keepCheckpoints`, for as long as its training is there.',
    args: { input: t.arg({ type: PinCheckpointInput }) },
    errors: {
      types: [NotFound],
      dataField: { name: 'training', description: 'The one whose checkpoint it is.' },
    },
    resolve: (_, { input }) => setPinned(input.checkpointId, true),
  }),
);

const UnpinCheckpointInput = builder.inputType('UnpinCheckpointInput', {
  description: 'Which checkpoint is kept no longer than others.',
  fields: (t) => ({ checkpointId: t.id({ description: 'Of the checkpoint.' }) }),
});
builder.mutationField('unpinCheckpoint', (t) =>
  t.field({
    type: Training,
    guard: 'write:jobs',
    description:
      'Treats a checkpoint as the others again: it goes at once when there are `keepCheckpoints` newer ones.',
    args: { input: t.arg({ type: UnpinCheckpointInput }) },
    errors: {
      types: [NotFound],
      dataField: { name: 'training', description: 'The one whose checkpoint it was.' },
    },
    resolve: (_, { input }) => setPinned(input.checkpointId, false),
  }),
);
