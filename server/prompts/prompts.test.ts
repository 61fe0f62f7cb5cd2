import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';

const api = await startServer();

const ERRORS =
  '__typename ... on UserError { code message } ... on InvalidInput { issues { field message } }';

async function mutate(name: string, input: object, selection: string, idempotencyKey: string | null = null) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const hasKey = name.startsWith('create');
  const document = `mutation ($input: ${type}Input!${hasKey ? ', $key: String' : ''}) {
    ${name}(input: $input${hasKey ? ', idempotencyKey: $key' : ''}) { ... on ${type}Success { ${selection} } ${ERRORS} ... on NameInUse { name } }
  }`;
  return (await api.graphql(document, hasKey ? { input, key: idempotencyKey } : { input }))[name];
}
const LIST = 'wildcard { id name valueCount values }';
const createList = (name: string, values: string[], key?: string) =>
  mutate('createWildcard', { name, values }, LIST, key);
const updateList = (input: object) => mutate('updateWildcard', input, LIST);
const removeList = async (id: string) =>
  (
    await api.graphql(
      'mutation ($input: DeleteWildcardInput!) { deleteWildcard(input: $input) { ... on DeleteWildcardSuccess { id } ... on UserError { code } } }',
      { input: { id } },
    )
  ).deleteWildcard;
const issuesOf = (result: Data) => result.issues.map(({ field }: Data) => field);

test('a list is made, found by its name in either case, changed and removed', async () => {
  const { wildcard } = await createList('  Hair_Colour ', [' red ', 'blue']);
  expect(wildcard).toMatchObject({ name: 'hair_colour', valueCount: 2, values: ['red', 'blue'] });
  expect(await createList('HAIR_colour', ['x'])).toMatchObject({ code: 'NAME_IN_USE', name: 'hair_colour' });
  const other = (await createList('eyes', ['green'])).wildcard;
  expect(await updateList({ id: other.id, name: 'hair_colour' })).toMatchObject({ code: 'NAME_IN_USE' });
  expect((await updateList({ id: other.id, name: 'Eyes-2', values: ['a', 'b', 'c'] })).wildcard).toEqual({
    ...{ id: other.id, name: 'eyes-2', valueCount: 3, values: ['a', 'b', 'c'] },
  });
  const { wildcards } = await api.graphql(
    '{ wildcards(first: 1) { edges { node { name } } pageInfo { hasNextPage endCursor } } }',
  );
  expect(wildcards.edges).toEqual([{ node: { name: 'eyes-2' } }]);
  const next = await api.graphql(
    'query ($after: String) { wildcards(after: $after, search: "hair") { edges { node { name } } } }',
    { after: wildcards.pageInfo.endCursor },
  );
  expect(next.wildcards.edges).toEqual([{ node: { name: 'hair_colour' } }]);
  for (const { id } of [wildcard, other]) {
    expect(await removeList(id)).toMatchObject({ id });
    expect(await removeList(id)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await api.graphql('query ($id: ID!) { wildcard(id: $id) { id } }', { id })).wildcard).toBeNull();
  }
});

test('a list that is asked for again with its key is the same one', async () => {
  const key = crypto.randomUUID();
  const first = await createList('once', ['a'], key);
  expect(await createList('once', ['a'], key)).toEqual(first);
  expect(await createList('once', ['b'], key)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
});

test('what a list cannot have is refused by field', async () => {
  for (const name of ['', 'a b', '_a', 'a_', 'a__b', 'ä', 'x'.repeat(51)])
    expect(issuesOf(await createList(name, ['a']))).toEqual(['name']);
  expect(issuesOf(await createList('many', []))).toEqual(['values']);
  expect(issuesOf(await createList('many', Array(1001).fill('a')))).toEqual(['values']);
  expect(issuesOf(await createList('long', ['a', 'x'.repeat(501), ' ', 'a\nb']))).toEqual([
    ...['values.1', 'values.2', 'values.3'],
  ]);
  const { wildcard } = await createList('full', [...Array(999).fill('x'.repeat(200)), '😀'.repeat(500)]);
  expect(wildcard.valueCount).toBe(1000);
  expect(issuesOf(await updateList({ id: wildcard.id, values: null, name: null }))).toEqual([
    ...['name', 'values'],
  ]);
});

test('a template is kept as it is written, renamed, and removed', async () => {
  const TEMPLATE = 'promptTemplate { id name prompt negativePrompt }';
  const create = (name: string, prompt: string, negativePrompt?: string) =>
    mutate('createPromptTemplate', { name, prompt, negativePrompt }, TEMPLATE);
  const { promptTemplate } = await create('Portrait', '{trigger}, {a|b} __nothing__', 'blurry');
  expect(promptTemplate).toMatchObject({
    ...{ name: 'Portrait', prompt: '{trigger}, {a|b} __nothing__', negativePrompt: 'blurry' },
  });
  expect(await create('PORTRAIT', 'x')).toMatchObject({ code: 'NAME_IN_USE', name: 'PORTRAIT' });
  expect((await create('a beach', 'x')).promptTemplate).toMatchObject({ negativePrompt: '' });
  const { id } = promptTemplate;
  const update = (change: object) => mutate('updatePromptTemplate', { id, ...change }, TEMPLATE);
  expect((await update({ name: 'Soft light' })).promptTemplate).toEqual({
    ...promptTemplate,
    name: 'Soft light',
  });
  expect(await update({ name: 'A Beach' })).toMatchObject({ code: 'NAME_IN_USE' });
  expect(issuesOf(await update({ prompt: 'x'.repeat(2001), negativePrompt: 'x'.repeat(1001) }))).toEqual([
    ...['prompt', 'negativePrompt'],
  ]);
  const names = async () =>
    (await api.graphql('{ promptTemplates { edges { node { name } } } }')).promptTemplates.edges.map(
      ({ node }: Data) => node.name,
    );
  expect(await names()).toEqual(['a beach', 'Soft light']);
  const { deletePromptTemplate } = await api.graphql(
    'mutation ($input: DeletePromptTemplateInput!) { deletePromptTemplate(input: $input) { ... on DeletePromptTemplateSuccess { id } } }',
    { input: { id } },
  );
  expect(deletePromptTemplate).toEqual({ id });
  expect(await names()).toEqual(['a beach']);
});

async function expanded(args: string) {
  const document = `{ expandedPrompts(${args}) {
    ... on ExpandedPromptsSuccess { images { seed prompt negativePrompt } } ${ERRORS}
    ... on NotFound { kind } ... on UnknownWildcard { name } ... on WildcardNesting { path }
  } }`;
  return (await api.graphql(document)).expandedPrompts;
}

test('what a prompt becomes is told before anything is started', async () => {
  await createList('place', ['on a beach', 'in {deep|thin} snow']);
  const ask = 'prompt: "{trigger} __Place__", negativePrompt: "{blurry|grey}", seed: 5, count: 16';
  const { images } = await expanded(ask);
  expect(images.map(({ seed }: Data) => seed)).toEqual(Array.from({ length: 16 }, (_, i) => 5 + i));
  expect(new Set(images.map(({ prompt }: Data) => prompt))).toEqual(
    new Set(['on a beach', 'in deep snow', 'in thin snow']),
  );
  expect(await expanded(ask)).toMatchObject({ images });
  expect((await expanded(`${ask.replace('count: 16', '')}`)).images).toEqual(images.slice(0, 1));
});

test('what cannot become a prompt is an error that says where', async () => {
  expect(await expanded('prompt: "__nowhere__", seed: 1')).toMatchObject({
    ...{ code: 'UNKNOWN_WILDCARD', name: 'nowhere' },
  });
  await createList('alpha', ['x', '__beta__']);
  expect(await expanded('prompt: "__alpha__", seed: 1')).toMatchObject({ name: 'beta' });
  await createList('beta', ['__alpha__']);
  // Whether or not this seed would have come that way.
  for (const seed of [1, 2, 3])
    expect(await expanded(`prompt: "a {a|__alpha__}", seed: ${seed}`)).toMatchObject({
      ...{ code: 'WILDCARD_NESTING', path: ['alpha', 'beta', 'alpha'] },
    });
  await createList('deep-0', ['end']);
  for (let i = 1; i <= 10; i++) await createList(`deep-${i}`, [`__deep-${i - 1}__`]);
  expect((await expanded('prompt: "__deep-9__", seed: 1')).images).toMatchObject([{ prompt: 'end' }]);
  expect(await expanded('prompt: "__deep-10__", seed: 1')).toMatchObject({ code: 'WILDCARD_NESTING' });

  await createList('long', ['x'.repeat(500)]);
  expect(issuesOf(await expanded('prompt: "__long____long____long____long__!", seed: 1'))).toEqual([
    'prompt',
  ]);
  expect(issuesOf(await expanded('prompt: "{trigger}", seed: 1'))).toEqual(['prompt']);
  expect(issuesOf(await expanded('prompt: "", seed: 1, count: 17'))).toEqual(['prompt', 'count']);
  expect(issuesOf(await expanded('prompt: "x", seed: 9007199254740991, count: 2'))).toEqual(['seed']);
  expect(await expanded(`prompt: "x", seed: 1, loraIds: ["${crypto.randomUUID()}"]`)).toMatchObject({
    ...{ code: 'NOT_FOUND', kind: 'lora' },
  });
});
