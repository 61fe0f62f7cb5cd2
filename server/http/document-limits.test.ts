import {
  type DocumentNode,
  type FieldNode,
  getIntrospectionQuery,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { createCharacter } from '#tests/steps.ts';
import { EXAMPLE_TABS } from './examples.ts';

const api = await startServer();

const repeat = (times: number, part: (i: number) => string) =>
  Array.from({ length: times }, (_, i) => part(i)).join(' ');

const bomb = (height: number) => `{ info { ...F0 } }
  ${repeat(height, (i) => `fragment F${i} on Info { name ...F${i + 1} ...F${i + 1} }`)}
  fragment F${height} on Info { name }`;

const nested = (depth: number): string => (depth === 0 ? '{ id }' : `{ character ${nested(depth - 1)} }`);

/** Each beyond one limit, with its twin, which is within. */
const BEYOND: [code: string, limit: number, document: string, twin: string][] = [
  ['DOCUMENT_TOO_LONG', 32_768, `{ info { name } } # ${'x'.repeat(32_768)}`, '{ info { name } } # short'],
  [
    'TOO_MANY_TOKENS',
    2000,
    `{ jobs(states: [${repeat(2000, () => 'QUEUED')}]) { __typename } }`,
    `{ jobs(states: [${repeat(1900, () => 'QUEUED')}]) { __typename } }`,
  ],
  [
    'ONE_OPERATION_ONLY',
    1,
    'query A { info { name } } query B { info { name } }',
    'query A { info { name } }',
  ],
  [
    'TOO_MANY_ROOT_FIELDS',
    20,
    `{ ...Many } fragment Many on Query { ${repeat(21, () => 'info { name }')} }`,
    `{ ...Many } fragment Many on Query { ${repeat(20, () => 'info { name }')} }`,
  ],
  [
    'TOO_MANY_FIELDS',
    500,
    `{ info { ${repeat(500, () => 'name')} } }`,
    `{ info { ${repeat(499, () => 'name')} } }`,
  ],
  [
    'TOO_MANY_FIELDS',
    500,
    `{ info { name } } ${repeat(2, (i) => `fragment Unused${i} on Info { ${repeat(250, () => 'name')} }`)}`,
    '{ info { name ...Used } } fragment Used on Info { name }',
  ],
  ['TOO_MANY_FIELDS', 500, bomb(100), bomb(3)],
  ['TOO_DEEP', 16, `{ images ${nested(17)} }`, '{ info { name } }'],
  [
    'TOO_MANY_ALIASES',
    50,
    `{ info { ${repeat(51, (i) => `a${i}: __typename`)} } }`,
    `{ info { ${repeat(50, (i) => `a${i}: __typename`)} } }`,
  ],
  [
    'TOO_MANY_DIRECTIVES',
    50,
    `{ info { ${repeat(51, () => 'name @include(if: true)')} } }`,
    `{ info { ${repeat(50, () => 'name @include(if: true)')} } }`,
  ],
  [
    'TOO_EXPENSIVE',
    25_000,
    '{ characters(first: 100) { edges { node { images(last: 500) { edges { cursor } } } } } }',
    '{ characters(first: 10) { edges { node { images(last: 500) { edges { cursor } } } } } }',
  ],
];

/** The errors before the first result of an operation on a socket. */
async function refusalOverSocket(query: string, variables?: object) {
  const failure: unknown = await api
    .subscribe(query, variables)
    .next()
    .catch((error: unknown) => error);
  // Before the operation starts the protocol has an error of its own, afterwards it is a result.
  return failure instanceof Error ? JSON.parse(failure.message) : failure;
}

test.each(BEYOND)('%s: more than %i is refused, on both ways in', async (code, limit, document, twin) => {
  expect((await api.request(twin)).answer.errors).toBeUndefined();
  for await (const data of api.subscribe(twin)) expect(data).toBeTruthy();

  const refusal = {
    message: expect.stringContaining(new Intl.NumberFormat('en-US').format(limit)),
    extensions: expect.objectContaining({ code, limit, correlationId: expect.any(String) }),
  };
  const { response, answer } = await api.request(document);
  expect([response.status, answer]).toEqual([400, { errors: [refusal] }]);
  expect(await refusalOverSocket(document)).toEqual([refusal]);
});

test('a page costs what its variables say', async () => {
  const document = `query ($first: Int!, $inner: Int) {
    characters(first: $first) { edges { node { images(first: $inner) { edges { cursor } } } } }
  }`;
  expect((await api.request(document, { first: 100 })).response.status).toBe(200);
  const tooMuch = { first: 100, inner: 500 };
  const { response, answer } = await api.request(document, tooMuch);
  expect([response.status, answer.errors?.[0]?.extensions.code]).toEqual([400, 'TOO_EXPENSIVE']);
  expect(await refusalOverSocket(document, tooMuch)).toMatchObject([
    { extensions: { code: 'TOO_EXPENSIVE' } },
  ]);
  expect((await api.request(document, { first: 100, inner: 1 })).response.status).toBe(200);
});

test('however many mistakes there are, five are told', async () => {
  const unknown = `{ ${repeat(20, (i) => `nothing${i}`)} }`;
  const { answer } = await api.request(unknown);
  expect(answer.errors).toHaveLength(5);
  expect(await refusalOverSocket(unknown)).toHaveLength(5);

  const { id } = await createCharacter(api);
  const failing = `{ ${repeat(20, (i) => `a${i}: character(id: "${id}") { images(after: "?") { totalCount } }`)} }`;
  expect((await api.request(failing)).answer.errors).toHaveLength(5);
  const told = await refusalOverSocket(failing);
  expect(told).toHaveLength(5);

  const variables = { input: repeat(20, (i) => `${i}`).split(' ') };
  const lists = 'query ($input: [JobState!]) { jobs(states: $input) { __typename } }';
  const errors = (await api.request(lists, variables)).answer.errors ?? [];
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.length).toBeLessThanOrEqual(5);
});

/** Something for each variable that a query of the client must have; without those that a mutation must have it is not run. */
const VALUES: Record<string, unknown> = {
  ...{
    ID: '1',
    String: '1',
    Seed: 1,
    Int: 1,
    Boolean: true,
    CharacterSort: 'NAME',
    StartTrainingInput: { characterId: '1' },
  },
};
function variablesOf({ variableDefinitions = [] }: OperationDefinitionNode) {
  const needed = variableDefinitions.map(({ variable, type }) => [
    variable.name.value,
    type.kind === Kind.NON_NULL_TYPE &&
      (type.type.kind === Kind.LIST_TYPE ? [] : VALUES[type.type.name.value]),
  ]);
  return Object.fromEntries(needed.filter(([, value]) => value));
}

/** As the client's cache asks: for `__typename` wherever there are fields, but at the root. */
const withTypenames = (text: string) =>
  print(
    visit(parse(text), {
      SelectionSet: (node, _key, parent) =>
        parent !== undefined && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION
          ? undefined
          : { ...node, selections: [...node.selections, TYPENAME] },
    }),
  );
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

test("what we send ourselves is within the limits, also as the client's cache asks for it", async () => {
  // By its address: nobody imports the client.
  const generated: object = await import(new URL('../../client/gql/graphql.ts', import.meta.url).href);
  const isOperation = ({ kind, definitions: [first] }: DocumentNode) =>
    kind === Kind.DOCUMENT && first?.kind === Kind.OPERATION_DEFINITION;
  const documents = Object.values(generated).filter(isOperation).map(print);
  expect(documents.length).toBeGreaterThan(30);
  for (const query of [
    ...documents,
    ...documents.map(withTypenames),
    ...EXAMPLE_TABS.map((tab) => tab.query),
  ]) {
    const [operation] = parse(query).definitions as [OperationDefinitionNode];
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ query, variables: variablesOf(operation) }),
    });
    const expected = { query: 200, mutation: 200, subscription: 406 }[operation.operation];
    const answer = await response.text();
    // For people, of whom there are none here: it was within the limits, which come first.
    if (response.status === 403 && answer.includes('"FORBIDDEN"')) continue;
    expect([query, response.status, answer]).toEqual([
      query,
      expected,
      operation.operation === 'query' ? expect.not.stringContaining('"errors"') : expect.any(String),
    ]);
  }
});

test('introspection, with all that tools ask for, is within the limits', async () => {
  const introspection = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  expect((await api.graphql(introspection)).__schema.types.length).toBeGreaterThan(100);
});
