import { builder } from '../builder.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { listOutputs } from './output-list.ts';
import { Output, OutputConnection } from './output-types.graphql.ts';

builder.objectField(Lora, 'outputs', (t) =>
  t.connection(
    {
      type: Output,
      description: 'The images that were made with it, the newest first.',
      resolve: ({ id }, args) => listOutputs({ ...args, loraId: id }),
    },
    OutputConnection,
  ),
);
