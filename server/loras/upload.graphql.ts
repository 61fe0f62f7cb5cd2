import { builder, enumFrom, UserErrorInterface } from '../builder.ts';
import { DiskFull } from '../disk-full.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { QuotaExceeded } from '../quotas.ts';
import { NO_LORA_REASONS } from '../storage/lora-kind.ts';
import { UploadTooLarge } from '../upload-budget.ts';
import { Lora } from './loras.graphql.ts';
import { uploadLora } from './upload.ts';
import { LoraUnreadable, NotALora } from './upload-errors.ts';

builder.objectType(LoraUnreadable, {
  name: 'LoraUnreadable',
  description:
    'The file is not a safetensors file that is accepted, or did not come whole. `code` names the rule that it breaks: TOO_LARGE, INCOMPLETE, MISSING, NOT_ALONE (the request has other files), TOO_SHORT, HEADER_TOO_LARGE, HEADER_TRUNCATED, HEADER_NOT_UTF8, HEADER_NOT_JSON, TOO_DEEP, DUPLICATE_KEY, TOO_MANY_TENSORS, BAD_METADATA, BAD_NAME, BAD_DTYPE, BAD_SHAPE, BAD_OFFSETS or BAD_LAYOUT.',
  interfaces: [UserErrorInterface],
});

const NotALoraReason = enumFrom(
  'NotALoraReason',
  { enumValues: NO_LORA_REASONS },
  'What a file is instead of a LoRA, or what is wrong with it as one.',
  {
    CHECKPOINT: 'The weights of a whole model.',
    EMBEDDING: 'A textual inversion.',
    NO_PAIR: 'It has no pair of low-rank matrices.',
    HALF_A_PAIR: 'Of a layer it has only a part of what a LoRA needs.',
    UNKNOWN_TENSOR: 'It also has a tensor that no kind of LoRA has that is known.',
    BAD_SHAPES: 'The matrices of a layer do not fit together.',
  },
);

builder.objectType(NotALora, {
  name: 'NotALora',
  description: 'The file is sound, and is something else than a LoRA.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    reason: t.expose('reason', { type: NotALoraReason, description: 'For programs.' }),
  }),
});

const UploadLoraInput = builder.inputType('UploadLoraInput', {
  description: 'A LoRA that was trained elsewhere.',
  fields: (t) => ({
    file: t.field({
      type: 'Upload',
      description: 'A safetensors file of at most 2 GB, the only file of its request.',
    }),
    characterId: t.id({
      required: false,
      description: 'Whom it knows. Left out for one that belongs to no character, such as a style.',
    }),
    name: t.string({
      required: false,
      description: '1 to 100 characters. When left out, its title in the file, or the name of the file.',
    }),
    baseModel: t.string({
      required: false,
      description:
        'The id of the base model that it was trained for. Needed only when the file does not show it surely; refused when the file shows another one. With a file that is here already it corrects what was said before, under the same conditions.',
    }),
    triggerWord: t.string({
      required: false,
      description: '1 to 100 characters. None when left out: see `suggestedTriggerWords`.',
    }),
  }),
});

builder.mutationField('uploadLora', (t) =>
  t.field({
    type: Lora,
    guard: 'write:loras',
    description:
      'Takes a LoRA in, for generations. Its base model, rank and suggested trigger words are read from the file. The same file again for the same character is answered with the same LoRA.',
    args: { input: t.arg({ type: UploadLoraInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, LoraUnreadable, NotALora, UploadTooLarge, QuotaExceeded, DiskFull],
      dataField: { name: 'lora', description: 'As it is kept.' },
    },
    resolve: (_, args, { upload }) =>
      uploadLora({ ...args.input, budget: upload, asked: askedFor('uploadLora', args) }),
  }),
);
