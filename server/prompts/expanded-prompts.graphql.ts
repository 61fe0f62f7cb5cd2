import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { expandedPrompts } from './expanded-prompts.ts';
import { UnknownWildcard, WildcardNesting } from './prompts.ts';

const ExpandedPrompt = builder
  .objectRef<Awaited<ReturnType<typeof expandedPrompts>>[number]>('ExpandedPrompt')
  .implement({
    description: 'What the texts become for one image.',
    fields: (t) => ({
      seed: t.expose('seed', { type: 'Seed', description: 'Of the image.' }),
      prompt: t.exposeString('prompt', { description: '1 to 2000 characters.' }),
      negativePrompt: t.exposeString('negativePrompt', {
        description: 'At most 1000 characters; empty when there is nothing.',
      }),
    }),
  });

builder.queryField('expandedPrompts', (t) =>
  t.field({
    type: [ExpandedPrompt],
    guard: 'read',
    description:
      'What a prompt becomes, with the code that generations use: the same seed gives the same texts, as long as the lists stay. Starts nothing.',
    args: {
      prompt: t.arg.string({
        description: 'As it would be given to `startGeneration`, 1 to 2000 characters.',
      }),
      negativePrompt: t.arg.string({
        required: false,
        description: 'At most 1000 characters; nothing when left out.',
      }),
      seed: t.arg({ type: 'Seed', description: 'Of image 0, 0 to 2^53 − `count`. Image i has `seed + i`.' }),
      count: t.arg.int({ defaultValue: 1, description: '1 to 16 images; 1 when left out.' }),
      loraIds: t.arg.idList({
        required: false,
        description: 'At most 4, whose trigger words stand for `{trigger}`; none when left out.',
      }),
    },
    errors: {
      types: [InvalidInput, NotFound, UnknownWildcard, WildcardNesting],
      dataField: { name: 'images', description: 'In their order.' },
    },
    resolve: (_, args) => expandedPrompts(args),
  }),
);
