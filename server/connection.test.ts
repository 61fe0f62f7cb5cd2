import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredInputField,
  isUnionType,
} from 'graphql';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Answer, Data } from '#tests/api.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, startTraining, uploadImages } from '#tests/steps.ts';

vi.hoisted(() => {
  // So that what is for people and for the owner can be asked too.
  process.env.ISENGARD_AUTH = 'on';
});

const api = await startServer({ asOwner: true });
const schema = buildSchema(await readFile('schema/schema.graphql', 'utf8'));

const NOBODY = '01900000-0000-7000-8000-000000000000';
/** What is real where an argument of this name is asked for; an `id` is the one of `updateCharacter`. */
let real: Record<string, unknown>;

beforeAll(async () => {
  const character = await createCharacter(api);
  const bytes = await drawPhoto({ seed: 1, width: 200, height: 150 });
  const [{ image }] = (await uploadImages(api, character.id, [{ name: '1.jpg', bytes }])) as [Data];
  const job = await startTraining(api, character.id, { steps: 1, samplePrompts: [] });
  real = { id: character.id, characterId: character.id, imageId: image.id, jobId: job.id };
});

// ── Every argument that takes an id or a text ───────────────────────────────────────────────────────────────────────

type Place = { operation: string; field: string; path: string[]; type: 'ID' | 'String' };
type Input = GraphQLArgument | GraphQLInputField;

const roots = {
  query: schema.getQueryType(),
  mutation: schema.getMutationType(),
  subscription: schema.getSubscriptionType(),
};
const fieldOf = (operation: string, field: string) => {
  const found = roots[operation as keyof typeof roots]?.getFields()[field];
  if (found === undefined) throw new Error(`There is no ${operation} ${field}.`);
  return found;
};

function pathsIn(input: Input): { path: string[]; type: Place['type'] }[] {
  const type = getNamedType(input.type);
  if (isInputObjectType(type))
    return Object.values(type.getFields()).flatMap((field) =>
      pathsIn(field).map((found) => ({ ...found, path: [input.name, ...found.path] })),
    );
  return type.name === 'ID' || type.name === 'String' ? [{ path: [input.name], type: type.name }] : [];
}

/** A file alone comes in another form of request: images/references.test.ts, loras/upload.test.ts. */
const WITH_A_FILE = ['uploadReferenceImage', 'uploadLora'];

const places = Object.entries(roots).flatMap(([operation, root]) =>
  Object.values(root?.getFields() ?? {}).flatMap((field) =>
    (WITH_A_FILE.includes(field.name) ? [] : field.args).flatMap((arg) =>
      pathsIn(arg).map((found) => ({ operation, field: field.name, ...found })),
    ),
  ),
);

/** The least that an input takes, with `value` at `path`. */
function least(input: Input, path: string[], value: unknown): unknown {
  const type: GraphQLInputType = getNullableType(input.type);
  if (isListType(type)) return path.length > 0 ? [inner(input, path, value)] : [];
  return inner(input, path, value);
}

function inner(input: Input, [name, ...rest]: string[], value: unknown): unknown {
  const type = getNamedType(input.type);
  const isAsked = name === input.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field, i) => {
          const isWanted = isAsked && field.name === rest[0];
          // Of a oneOf input that is not what is asked about, any one.
          return isRequiredInputField(field) || isWanted || (type.isOneOf && !isAsked && i === 0);
        })
        .map((field) => [field.name, least(field, isAsked && field.name === rest[0] ? rest : [], value)]),
    );
  if (isAsked) return value;
  if (type.name === 'ID') return real[input.name] ?? NOBODY;
  if (isEnumType(type)) return type.getValues()[0]?.name;
  return type.name === 'String' ? 'text' : type.name === 'Boolean' ? false : 1;
}

function selectionOf(field: ReturnType<typeof fieldOf>): string {
  const type = getNamedType(field.type);
  if (isUnionType(type)) {
    const hasIssues = type.getTypes().some(({ name }) => name === 'InvalidInput');
    return `{ __typename ${hasIssues ? '... on InvalidInput { issues { field } }' : ''} }`;
  }
  if (isInterfaceType(type)) return '{ __typename }';
  if (!isObjectType(type)) return '';
  if (!type.name.endsWith('Connection')) return '{ __typename }';
  return `{ edges { cursor } ${type.getFields().totalCount ? 'totalCount' : ''} }`;
}

async function ask({ operation, field, path }: Place, value: unknown): Promise<Answer> {
  const { args, ...rest } = fieldOf(operation, field);
  const given = args
    .filter((arg) => arg.name === path[0] || isRequiredInputField(arg))
    .map((arg) => ({ ...arg, value: least(arg, arg.name === path[0] ? path : [], value) }));
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const document = `${operation} (${declared}) { ${field}(${passed}) ${selectionOf({ args, ...rest })} }`;
  const variables = Object.fromEntries(given.map((arg) => [arg.name, arg.value]));
  if (operation !== 'subscription') return (await api.request(document, variables)).answer;
  try {
    for await (const data of api.subscribe(document, variables)) return { data };
    return { data: null };
  } catch (error) {
    return { errors: JSON.parse((error as Error).message) };
  }
}

/** Not an outage: an answer, or, for a cursor, its own error. */
function expectTyped(place: Place, { data, errors }: Answer, value: unknown) {
  const isCursor = ['after', 'before'].includes(place.path.at(-1) ?? '');
  const codes = errors?.map(({ extensions }) => extensions.code) ?? [];
  expect({ value, codes }).toEqual({ value, codes: isCursor && codes.length > 0 ? ['BAD_CURSOR'] : [] });
  return data?.[place.field];
}

const named = (type: Place['type']) =>
  places
    .filter((place) => place.type === type)
    .map((place) => ({ ...place, name: `${place.field}: ${place.path.join('.')}` }));

describe('whatever stands for an id or a text, the answer is typed', () => {
  test.each(named('ID'))('$name', async (place) => {
    for (const value of ['x', '', '\0', '\ud800', "' or 1=1", NOBODY, NOBODY.slice(1), 'f'.repeat(10_000)]) {
      const found = expectTyped(place, await ask(place, value), value);
      // A list that is filtered by an id that nothing has, is empty: '' is a filter too.
      if (found?.edges) expect({ value, edges: found.edges }).toEqual({ value, edges: [] });
      if (found?.totalCount !== undefined) expect(found.totalCount).toBe(0);
    }
  });

  test.each(named('String'))('$name', async (place) => {
    for (const value of ['', ' ', '%', '\\', "'", '{}', 'x'.repeat(10_000)])
      expectTyped(place, await ask(place, value), value);
    for (const value of ['a\0b', '\ud800ab', 'ab\udc00']) {
      const found = expectTyped(place, await ask(place, value), value);
      if (found?.edges) expect(found.edges).toEqual([]);
      // Neither can be stored as it is, so nothing takes it and gives something else back.
      if (place.operation === 'mutation') expect(found.__typename).not.toMatch(/Success$/);
    }
  });
});

test('text that cannot be stored is named by its field', async () => {
  const issueOf = async (place: Place) => (await ask(place, 'a\0b')).data[place.field].issues;
  const places: [string, string[], string][] = [
    ['createCharacter', ['input', 'name'], 'name'],
    ['createCharacter', ['input', 'triggerWord'], 'triggerWord'],
    ['createCharacter', ['input', 'description'], 'description'],
    ['captionImage', ['input', 'caption'], 'caption'],
    ['renameLora', ['input', 'name'], 'name'],
    ['startGeneration', ['input', 'prompt'], 'prompt'],
    ['startGeneration', ['input', 'grid', 'prompts'], 'grid.prompts.0'],
    ['createPromptTemplate', ['input', 'negativePrompt'], 'negativePrompt'],
    ['createWildcard', ['input', 'values'], 'values.0'],
    ['startTraining', ['input', 'config', 'samplePrompts'], 'config.samplePrompts.0'],
  ];
  for (const [field, path, issue] of places)
    expect((await issueOf({ operation: 'mutation', field, path, type: 'String' }))[0]).toEqual({
      field: issue,
    });
});

test('an id in another spelling is an id that nothing has', async () => {
  const other = (id: unknown) => String(id).replace(/[a-f]/g, (letter) => letter.toUpperCase());
  const read = 'query ($id: ID!) { character(id: $id) { id } }';
  const remove = `mutation ($id: ID!) { deleteCharacter(input: { id: $id }) { __typename ... on NotFound { id } } }`;
  const id = other(real.id);
  expect(id).not.toBe(real.id);
  expect((await api.graphql(read, { id })).character).toBeNull();
  expect((await api.graphql(remove, { id })).deleteCharacter).toEqual({ __typename: 'NotFound', id });
  expect((await api.graphql(read, { id: real.id })).character).toEqual({ id: real.id });

  const ids = [other(real.imageId)];
  const document =
    'mutation ($ids: [ID!]!) { deleteImages(input: { ids: $ids }) { ... on DeleteImagesSuccess { deletedIds } } }';
  expect((await api.graphql(document, { ids })).deleteImages).toEqual({ deletedIds: [] });
  const file = (spelled: unknown) => fetch(`${api.url}/files/images/${spelled}`, { headers: api.headers });
  expect((await file(other(real.imageId))).status).toBe(404);
  expect((await file(real.imageId)).status).toBe(200);
});

test('a cursor with a moment that there is not is refused', async () => {
  const document = `query ($after: String) { characters(sort: UPDATED, after: $after) { edges { cursor } } }`;
  for (const time of ['2026-02-31T00:00:00.000Z', '2026-04-31T10:00:00.000Z', '2026-01-01T24:00:00.000Z']) {
    const after = Buffer.from(JSON.stringify([time, NOBODY])).toString('base64url');
    const { answer } = await api.request(document, { after });
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
  }
});
