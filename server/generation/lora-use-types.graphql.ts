import { builder } from '../builder.ts';
import { Lora } from '../loras/loras.graphql.ts';
import type { LoraUse as Use } from './lora-uses.ts';

export const LoraUse = builder.objectRef<Use>('LoraUse').implement({
  description: 'A LoRA in a generation.',
  fields: (t) => ({
    lora: t.field({
      type: Lora,
      nullable: true,
      description: 'Null when it was deleted since.',
      resolve: ({ loraId }) => loraId,
    }),
    name: t.exposeString('name', { description: 'As it was called then.' }),
    strength: t.exposeFloat('strength', { description: 'From 0 to 2.' }),
  }),
});
