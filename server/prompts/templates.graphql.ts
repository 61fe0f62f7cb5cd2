import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import {
  createTemplate,
  deleteTemplate,
  findTemplate,
  listTemplates,
  templatesByIds,
  updateTemplate,
} from './templates.ts';
import { NameInUse } from './text-rules.ts';

const NAME = '1 to 100 characters, unique in either case; spaces around it are cut off';
const PROMPT = '1 to 2000 characters, with `{trigger}`, `{a|b}` and `__name__` as they are written';
const NEGATIVE = 'At most 1000 characters, written as the prompt is';

const PromptTemplate = builder.loadableObject('PromptTemplate', {
  description:
    'A prompt to begin with. It belongs to no character: `{trigger}` becomes the words of the LoRAs used.',
  load: (ids: string[]) => templatesByIds(ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: '1 to 100 characters.' }),
    prompt: t.exposeString('prompt', { description: `${PROMPT}.` }),
    negativePrompt: t.exposeString('negativePrompt', {
      description: `${NEGATIVE}; empty when there is nothing.`,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

builder.queryField('promptTemplate', (t) =>
  t.field({
    type: PromptTemplate,
    nullable: true,
    guard: 'read',
    description: 'The template with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the template.' }) },
    resolve: (_, { id }) => findTemplate(id),
  }),
);
builder.queryField('promptTemplates', (t) =>
  t.connection(
    {
      type: PromptTemplate,
      guard: 'read',
      description: 'Prompts to begin with, by name, whatever its case.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of the name or of the prompt, whatever its case; any when left out.',
        }),
      },
      resolve: (_, args) => listTemplates(args),
    },
    { name: 'PromptTemplateConnection' },
    { name: 'PromptTemplateEdge' },
  ),
);

const dataField = { name: 'promptTemplate', description: 'As it is now.' } as const;

const CreatePromptTemplateInput = builder.inputType('CreatePromptTemplateInput', {
  description: 'A new template.',
  fields: (t) => ({
    name: t.string({ description: `${NAME}.` }),
    prompt: t.string({ description: `${PROMPT}.` }),
    negativePrompt: t.string({ required: false, description: `${NEGATIVE}; nothing when left out.` }),
  }),
});
builder.mutationField('createPromptTemplate', (t) =>
  t.field({
    type: PromptTemplate,
    guard: 'write:jobs',
    description: 'Keeps a prompt to begin with. Nothing is looked up in it before it is used.',
    args: { input: t.arg({ type: CreatePromptTemplateInput }), idempotencyKey: idempotencyKey(t) },
    errors: { types: [...KEY_ERRORS, NameInUse], dataField },
    resolve: (_, args) => createTemplate(args.input, askedFor('createPromptTemplate', args)),
  }),
);

const UpdatePromptTemplateInput = builder.inputType('UpdatePromptTemplateInput', {
  description: 'A field that is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'Of the template.' }),
    name: t.string({ required: false, description: `${NAME}; null is refused.` }),
    prompt: t.string({ required: false, description: `${PROMPT}; null is refused.` }),
    negativePrompt: t.string({ required: false, description: `${NEGATIVE}; null is refused.` }),
  }),
});
builder.mutationField('updatePromptTemplate', (t) =>
  t.field({
    type: PromptTemplate,
    guard: 'write:jobs',
    description: 'Changes a template, or its name.',
    args: { input: t.arg({ type: UpdatePromptTemplateInput }) },
    errors: { types: [NotFound, InvalidInput, NameInUse], dataField },
    resolve: (_, { input }) => updateTemplate(input),
  }),
);

const DeletePromptTemplateInput = builder.inputType('DeletePromptTemplateInput', {
  description: 'Which template goes.',
  fields: (t) => ({ id: t.id({ description: 'Of the template.' }) }),
});
const DeletePromptTemplateSuccess = builder
  .objectRef<{ id: string }>('DeletePromptTemplateSuccess')
  .implement({
    description: 'The template is gone.',
    fields: (t) => ({ id: t.exposeID('id', { description: 'Of the template that is gone.' }) }),
  });
builder.mutationField('deletePromptTemplate', (t) =>
  t.field({
    type: DeletePromptTemplateSuccess,
    guard: 'write:jobs',
    description: 'Removes a template.',
    args: { input: t.arg({ type: DeletePromptTemplateInput }) },
    errors: { types: [NotFound], directResult: true },
    resolve: async (_, { input: { id } }) => ({ id: await deleteTemplate(id) }),
  }),
);
