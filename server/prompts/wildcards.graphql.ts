import { builder, UserErrorInterface } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { UnknownWildcard, WildcardNesting } from './prompts.ts';
import { NameInUse } from './text-rules.ts';
import {
  createWildcard,
  deleteWildcard,
  findWildcard,
  listWildcards,
  updateWildcard,
  valuesOfWildcards,
  wildcardsByIds,
} from './wildcards.ts';

const NAME = '1 to 50 letters a to z, digits and `-`, with single `_` between them; kept in lower case';
const VALUES =
  '1 to 1000, each a line of 1 to 500 characters; spaces around them are cut off. They may have `{a|b}`, `__name__` and `{trigger}` themselves, and fit together into the 256 kB of an operation';

const Wildcard = builder.loadableObject('Wildcard', {
  description: 'A list that prompts draw from: `__name__` becomes one of its values, which the seed decides.',
  load: (ids: string[]) => wildcardsByIds(ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: `${NAME}.` }),
    valueCount: t.exposeInt('valueCount', { description: '1 to 1000.' }),
    values: t.loadableList({
      type: 'String',
      description: '1 to 1000, in their order.',
      complexity: { field: 500 },
      load: (ids: string[]) => valuesOfWildcards(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});

builder.objectType(NameInUse, {
  name: 'NameInUse',
  description: 'Another one of its kind has this name, in whatever case.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ name: t.exposeString('taken', { description: 'The one that was asked for.' }) }),
});
builder.objectType(UnknownWildcard, {
  name: 'UnknownWildcard',
  description: 'A prompt, or a list that it draws from, names a list that is not there.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    name: t.exposeString('wildcard', { description: 'What stands between the underscores.' }),
  }),
});
builder.objectType(WildcardNesting, {
  name: 'WildcardNesting',
  description: 'Lists name each other in a circle, more than 10 deep, or more than 100 of them together.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Names of lists: the circle, or where it begins.',
    }),
  }),
});

builder.queryField('wildcard', (t) =>
  t.field({
    type: Wildcard,
    nullable: true,
    guard: 'read',
    description: 'The list with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the list.' }) },
    resolve: (_, { id }) => findWildcard(id),
  }),
);
builder.queryField('wildcards', (t) =>
  t.connection(
    {
      type: Wildcard,
      guard: 'read',
      description: 'Lists that prompts draw from, by name.',
      args: {
        search: t.arg.string({ required: false, description: 'Part of the name; any when left out.' }),
      },
      resolve: (_, args) => listWildcards(args),
    },
    { name: 'WildcardConnection' },
    { name: 'WildcardEdge' },
  ),
);

const dataField = { name: 'wildcard', description: 'As it is now.' } as const;

const CreateWildcardInput = builder.inputType('CreateWildcardInput', {
  description: 'A new list.',
  fields: (t) => ({
    name: t.string({ description: `${NAME}.` }),
    values: t.stringList({ description: `${VALUES}.` }),
  }),
});
builder.mutationField('createWildcard', (t) =>
  t.field({
    type: Wildcard,
    guard: 'write:jobs',
    description: 'Makes a list that prompts can draw from.',
    args: { input: t.arg({ type: CreateWildcardInput }), idempotencyKey: idempotencyKey(t) },
    errors: { types: [...KEY_ERRORS, NameInUse], dataField },
    resolve: (_, args) => createWildcard(args.input, askedFor('createWildcard', args)),
  }),
);

const UpdateWildcardInput = builder.inputType('UpdateWildcardInput', {
  description: 'A field that is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'Of the list.' }),
    name: t.string({
      required: false,
      description: `${NAME}; null is refused. Prompts that name it do not follow.`,
    }),
    values: t.stringList({ required: false, description: `${VALUES}; null is refused.` }),
  }),
});
builder.mutationField('updateWildcard', (t) =>
  t.field({
    type: Wildcard,
    guard: 'write:jobs',
    description: 'Changes a list. Generations that were started keep the texts that they drew.',
    args: { input: t.arg({ type: UpdateWildcardInput }) },
    errors: { types: [NotFound, InvalidInput, NameInUse], dataField },
    resolve: (_, { input }) => updateWildcard(input),
  }),
);

const DeleteWildcardInput = builder.inputType('DeleteWildcardInput', {
  description: 'Which list goes.',
  fields: (t) => ({ id: t.id({ description: 'Of the list.' }) }),
});
const DeleteWildcardSuccess = builder.objectRef<{ id: string }>('DeleteWildcardSuccess').implement({
  description: 'The list is gone.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Of the list that is gone.' }) }),
});
builder.mutationField('deleteWildcard', (t) =>
  t.field({
    type: DeleteWildcardSuccess,
    guard: 'write:jobs',
    description: 'Removes a list. Generations that were started keep the texts that they drew.',
    args: { input: t.arg({ type: DeleteWildcardInput }) },
    errors: { types: [NotFound], directResult: true },
    resolve: async (_, { input: { id } }) => ({ id: await deleteWildcard(id) }),
  }),
);
