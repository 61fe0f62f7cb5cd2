import { builder } from './builder.ts';
import { info } from './info.ts';

const Mode = builder.enumType('Mode', {
  description: 'Which engines work. Everything else is the same.',
  values: {
    FAST_TEST: {
      value: 'fast-test',
      description: 'Built in: learns small pictures on the CPU within seconds.',
    },
    PRODUCTION: { value: 'production', description: 'AI-Toolkit trains and ComfyUI generates, on a GPU.' },
  } as const,
});

const Info = builder.objectRef<typeof info>('Info').implement({
  description: 'What is running here.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Of the program.' }),
    version: t.exposeString('version', { description: 'By semantic versioning.' }),
    mode: t.expose('mode', { type: Mode, description: 'Set by `ISENGARD_MODE`.' }),
  }),
});
builder.queryField('info', (t) =>
  t.field({
    type: Info,
    guard: 'read',
    description: 'Which program answers, and with which engines.',
    resolve: () => info,
  }),
);
