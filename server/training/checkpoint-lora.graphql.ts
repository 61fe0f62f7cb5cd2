import { builder } from '../builder.ts';
import { DiskFull } from '../disk-full.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { loraOfCheckpoint } from './checkpoint-lora.ts';

const CreateLoraInput = builder.inputType('CreateLoraInput', {
  description: 'What becomes a LoRA.',
  fields: (t) => ({ checkpointId: t.id({ description: 'Of the checkpoint.' }) }),
});
builder.mutationField('createLora', (t) =>
  t.field({
    type: Lora,
    guard: 'write:loras',
    description:
      'Makes the next version of its character out of a checkpoint, to generate with. It is a copy: it stays when the checkpoint is pruned. A checkpoint makes one LoRA; asked again, it is answered with the same.',
    args: { input: t.arg({ type: CreateLoraInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, DiskFull],
      dataField: { name: 'lora', description: 'As it is kept.' },
    },
    resolve: (_, args) => loraOfCheckpoint(args.input.checkpointId, askedFor('createLora', args)),
  }),
);
