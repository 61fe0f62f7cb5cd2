import { type Attack, get, operation, post } from './target.ts';

const LIST = '{ characters(first: 1) { edges { node { id } } } }';
const list = operation(LIST);
const repeat = (count: number, make: (i: number) => string, separator = ' ') =>
  Array.from({ length: count }, (_, i) => make(i)).join(separator);
const nested = (depth: number) =>
  `{ characters { edges { node ${'{ lastTraining { character '.repeat(depth)}{ id }${' } }'.repeat(depth)} } } }`;

const CREATE = `mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) { __typename } }`;
/** Another word each time: a twin runs once, but an attack that gets in must not be refused as taken. */
let words = 0;
const character = (more: object = {}) => ({
  input: { name: 'Nora', triggerWord: `nora ${++words}`, ...more },
});
const created = () => operation(CREATE, character());
const search = (text: string) =>
  operation('query ($text: String) { characters(search: $text) { totalCount } }', { text });
const byId = (id: string) => operation('query ($id: ID!) { character(id: $id) { id } }', { id });

const LIMIT = /^400 [A-Z_]+$/;

export const GRAPHQL_ATTACKS: Attack[] = [
  { name: 'nesting of 60', twin: operation(nested(1)), attack: operation(nested(30)), expected: LIMIT },
  {
    name: '1,000 aliases',
    twin: operation(`{ ${repeat(3, (i) => `a${i}: info { name }`)} }`),
    attack: operation(`{ ${repeat(1000, (i) => `a${i}: info { name }`)} }`),
    expected: LIMIT,
  },
  {
    name: '1,000 aliases of __typename',
    twin: operation(`{ ${repeat(3, (i) => `a${i}: __typename`)} }`),
    attack: operation(`{ ${repeat(1000, (i) => `a${i}: __typename`)} }`),
    expected: LIMIT,
  },
  {
    name: '500 directives on a field',
    twin: operation('{ info @include(if: true) { name } }'),
    attack: operation(`{ info ${repeat(500, () => '@include(if: true)')} { name } }`),
    expected: LIMIT,
  },
  {
    name: '500 directives that do not exist',
    twin: operation('{ info @include(if: true) { name } }'),
    attack: operation(`{ info ${repeat(500, (i) => `@a${i}`)} { name } }`),
    expected: LIMIT,
  },
  {
    name: '20,000 tokens',
    twin: list,
    attack: operation(`{ info { ${repeat(20_000, () => 'name')} } }`),
    expected: LIMIT,
  },
  {
    name: 'the same field 3,000 times',
    twin: list,
    attack: operation(`{ ${repeat(1500, () => 'info { name }')} }`),
    expected: LIMIT,
  },
  {
    name: 'fragments that double twenty times',
    twin: operation('{ info { ...A } } fragment A on Info { name }'),
    attack: operation(
      `{ info { ...F0 } } ${repeat(20, (i) => `fragment F${i} on Info { ...F${i + 1} ...F${i + 1} }`)} fragment F20 on Info { name }`,
    ),
    expected: LIMIT,
  },
  {
    name: 'fragments in a circle',
    twin: operation('{ info { ...A } } fragment A on Info { name }'),
    attack: operation('{ info { ...A } } fragment A on Info { ...B } fragment B on Info { ...A }'),
    expected: /^(200|400) [A-Z_]+$/,
  },
  {
    name: 'lists in lists in lists',
    twin: operation(
      '{ characters(first: 5) { edges { node { images(first: 5) { edges { node { id } } } } } } }',
    ),
    attack: operation(
      '{ characters(first: 100) { edges { node { images(first: 500) { edges { node { character { images(first: 500) { edges { node { character { id } } } } } } } } } } } }',
    ),
    expected: LIMIT,
  },
  {
    name: 'a page of a billion',
    twin: list,
    attack: operation('{ characters(first: 1000000000) { edges { node { id } } } }'),
    expected: /^(200|400) [A-Z_]+$/,
  },
  {
    name: 'a page of minus one',
    twin: list,
    attack: operation('{ characters(first: -1) { totalCount } }'),
    expected: '200 BAD_PAGE_SIZE',
  },
  {
    name: 'two operations in one document',
    twin: post({ query: `query A ${LIST}`, operationName: 'A' }),
    attack: post({ query: `query A ${LIST} query B ${LIST}`, operationName: 'A' }),
    expected: LIMIT,
  },
  {
    name: 'a batch',
    twin: list,
    attack: post([{ query: LIST }, { query: LIST }]),
    expected: LIMIT,
  },
  {
    name: 'deep introspection',
    twin: operation('{ __schema { queryType { name } } }'),
    attack: operation(`{ __schema { types ${'{ fields { type '.repeat(12)}{ name }${' } }'.repeat(12)} } }`),
    expected: LIMIT,
  },
  {
    name: 'introspection by nobody',
    twin: operation('{ __schema { queryType { name } } }'),
    attack: operation('{ __schema { queryType { name } } }', {}, { as: 'anonymous' }),
    expected: '401 UNAUTHENTICATED',
  },
  {
    name: 'the schema out of error messages, by nobody',
    twin: operation('{ access { isOn } }', {}, { as: 'anonymous' }),
    attack: async (target) => {
      const { errors } = await target.anonymous.ask('{ charactrs { id } acces { isOn } }');
      return JSON.stringify(errors).includes('Did you mean') ? 'told' : 'not told';
    },
    expected: 'not told',
  },
  {
    name: 'a mutation in an address',
    twin: get('/graphql?query={info{name}}'),
    attack: get('/graphql?query=mutation{cancelAllJobs(input:{}){__typename}}'),
    expected: /^405/,
  },
  {
    name: 'SQL in a search',
    twin: search('Mara'),
    attack: search("'; drop table characters; --"),
    expected: '200 ok',
  },
  {
    name: 'a pattern in a search',
    twin: search('Mara'),
    attack: search(`${'%_'.repeat(5000)}`),
    expected: /^(200|400) /,
  },
  { name: 'U+0000 in a search', twin: search('Mara'), attack: search('\0'), expected: '200 ok' },
  { name: 'SQL as an id', twin: byId('CHARACTER'), attack: byId("' or '1'='1"), expected: '200 ok' },
  { name: 'a path as an id', twin: byId('CHARACTER'), attack: byId('../../etc/passwd'), expected: '200 ok' },
  {
    name: 'SQL as a cursor',
    twin: list,
    attack: operation(
      `{ characters(after: "${Buffer.from(`["' or 1=1 --"]`).toString('base64url')}") { totalCount } }`,
    ),
    expected: /BAD_CURSOR/,
  },
  {
    name: '__proto__ among the variables',
    twin: created(),
    attack: post(`{"query":"{ info { name } }","variables":{"__proto__":{"polluted":true}}}`),
    expected: '200 ok',
  },
  {
    name: '__proto__ in an input',
    twin: created(),
    attack: post(
      `{"query":${JSON.stringify(CREATE)},"variables":{"input":{"__proto__":{"name":"x"},"name":"x","triggerWord":"proto word"}}}`,
    ),
    expected: /^(200 (ok|BAD_USER_INPUT|no code)|400 )/,
  },
  {
    name: 'half of a surrogate pair',
    twin: created(),
    attack: operation(CREATE, character({ name: 'x\ud800' })),
    expected: '200 InvalidInput',
  },
  {
    name: 'U+0000 in a name',
    twin: created(),
    attack: operation(CREATE, character({ name: 'x\0y' })),
    expected: '200 InvalidInput',
  },
  {
    name: 'a name of 200,000 characters',
    twin: created(),
    attack: operation(CREATE, character({ name: 'x'.repeat(200_000) })),
    expected: '200 InvalidInput',
  },
  ...['; Value ', ' at "a"; ', '; Field "', '; Expected type "'].map(
    (piece): Attack => ({
      name: `a value made of ${piece}`,
      twin: created(),
      attack: async (target) => {
        const text = piece.repeat(Math.floor(200_000 / piece.length));
        const query = 'mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }';
        const startedAt = performance.now();
        for (const input of [
          { name: [text], password: 'x' },
          { name: 'x', password: 'x', [text]: 1 },
        ])
          await target.anonymous.ask(query, { i: input });
        return performance.now() - startedAt < 5000 ? 'answered' : 'late';
      },
      expected: 'answered',
    }),
  ),
  {
    name: 'a number for a text',
    twin: created(),
    attack: operation(CREATE, character({ name: 7 })),
    expected: /^(200|400) /,
  },
  {
    name: 'a thousand mistakes',
    twin: created(),
    attack: async (target) => {
      const query = 'query ($ids: [JobState!]) { jobs(states: $ids) { edges { node { id } } } }';
      const { errors } = await target.owner.ask(query, { ids: Array.from({ length: 1000 }, () => 'NONE') });
      return `${(errors?.length ?? 0) <= 5 ? 'five at most' : errors?.length}`;
    },
    expected: 'five at most',
  },
  {
    name: 'a seed beyond 2^53',
    twin: operation('mutation { startGeneration(input: { prompt: "a fox", seed: 7 }) { __typename } }'),
    attack: operation(
      'mutation { startGeneration(input: { prompt: "a fox", seed: 90071992547409930 }) { __typename } }',
    ),
    expected: /^(200|400) [A-Z]/,
  },
];
