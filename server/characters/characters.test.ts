import { beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';

const api = await startServer();

const WHOLE = 'id name triggerWord description createdAt updatedAt imageCount cover { id }';
const ERRORS = `
  __typename
  ... on UserError { code message }
  ... on InvalidInput { issues { field message } }
  ... on TriggerWordTaken { character { id triggerWord } }`;

async function create(input: object) {
  const document = `mutation ($input: CreateCharacterInput!) {
    createCharacter(input: $input) { ${ERRORS} ... on CreateCharacterSuccess { character { ${WHOLE} } } }
  }`;
  return (await api.graphql(document, { input })).createCharacter;
}

async function update(input: object) {
  const document = `mutation ($input: UpdateCharacterInput!) {
    updateCharacter(input: $input) { ${ERRORS} ... on NotFound { kind id } ... on UpdateCharacterSuccess { character { ${WHOLE} } } }
  }`;
  return (await api.graphql(document, { input })).updateCharacter;
}

const read = async (id: string) =>
  (await api.graphql(`query ($id: ID!) { character(id: $id) { ${WHOLE} } }`, { id })).character;

const list = async (args: object) => {
  const { answer } = await api.request(
    `query ($search: String, $sort: CharacterSort! = NEWEST, $first: Int, $after: String, $last: Int, $before: String) {
      characters(search: $search, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        edges { cursor node { id name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    args,
  );
  return { data: answer.data, errors: answer.errors };
};

type Page = {
  totalCount: number;
  edges: { cursor: string; node: { id: string; name: string } }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
};
const namesIn = (page: Page) => page.edges.map(({ node }) => node.name);

const NOBODY = '01900000-0000-7000-8000-000000000000';

describe('createCharacter', () => {
  test('keeps what it is given, without the spaces around it', async () => {
    const { character, __typename } = await create({
      name: '  Mara  ',
      triggerWord: ' m4ra woman ',
      description: 'Red hair,\nfreckles',
    });
    expect(__typename).toBe('CreateCharacterSuccess');
    expect(character).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Mara',
      triggerWord: 'm4ra woman',
      description: 'Red hair,\nfreckles',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: character.createdAt,
      imageCount: 0,
      cover: null,
    });
    expect(await read(character.id)).toEqual(character);
  });

  test('takes names and trigger words at their limits and in any script', async () => {
    for (const [name, triggerWord] of [
      ['x', 'ab'],
      ['n'.repeat(100), 't'.repeat(50)],
      ['😀'.repeat(100), 'Zoë_Ångström-7'],
      ['ミラ', 'ミラ さん'],
    ])
      expect(await create({ name, triggerWord })).toMatchObject({ character: { name, triggerWord } });
  });

  test('names every field that is wrong, with its limit', async () => {
    const { __typename, code, issues } = await create({
      name: ' ',
      triggerWord: 'm!',
      description: 'd'.repeat(501),
    });
    expect([__typename, code]).toEqual(['InvalidInput', 'INVALID_INPUT']);
    expect(issues).toEqual([
      { field: 'name', message: 'It needs 1 to 100 characters; it has 0.' },
      { field: 'triggerWord', message: 'It may have letters, digits, spaces, `_` and `-`.' },
      { field: 'description', message: 'It may have at most 500 characters; it has 501.' },
    ]);
  });

  test.each([
    ['name', { name: 'n'.repeat(101) }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'null\0' }],
    ['triggerWord', { triggerWord: 'x' }],
    ['triggerWord', { triggerWord: ' x ' }],
    ['triggerWord', { triggerWord: 't'.repeat(51) }],
    ['triggerWord', { triggerWord: 'a\tb' }],
    ['triggerWord', { triggerWord: 'smile 😀' }],
    // Digits of other scripts are none to the database.
    ['triggerWord', { triggerWord: 'mara٣' }],
    ['description', { description: 'a\0b' }],
  ])('refuses a wrong %s: %j', async (field, wrong) => {
    const answer = await create({ name: 'Mara', triggerWord: 'unused word', ...wrong });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ field }] });
  });

  test('gives a trigger word to one character only, whatever its case', async () => {
    const { character } = await create({ name: 'First', triggerWord: 'Ohwx Éva' });
    const taken = await create({ name: 'Second', triggerWord: ' ohWX éVA' });
    expect(taken).toEqual({
      __typename: 'TriggerWordTaken',
      code: 'TRIGGER_WORD_TAKEN',
      message: 'The trigger word "Ohwx Éva" belongs to First already.',
      character: { id: character.id, triggerWord: 'Ohwx Éva' },
    });
  });

  test('lets one of many at once have a trigger word', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => create({ name: `Racer ${i}`, triggerWord: 'race word' })),
    );
    const kinds = answers.map(({ __typename }) => __typename).sort();
    expect(kinds).toEqual(['CreateCharacterSuccess', ...Array(9).fill('TriggerWordTaken')]);
  });
});

describe('updateCharacter', () => {
  test('leaves what is left out, clears what is null, and moves updatedAt', async () => {
    const { character } = await create({ name: 'Before', triggerWord: 'upd one', description: 'Some' });
    const renamed = (await update({ id: character.id, name: ' After ' })).character;
    expect(renamed).toMatchObject({ name: 'After', triggerWord: 'upd one', description: 'Some' });
    expect(Date.parse(renamed.updatedAt)).toBeGreaterThanOrEqual(Date.parse(character.updatedAt));
    expect((await update({ id: character.id, description: null })).character.description).toBeNull();
    expect((await update({ id: character.id })).character.name).toBe('After');
    expect((await update({ id: character.id, triggerWord: 'UPD one' })).character.triggerWord).toBe(
      'UPD one',
    );
  });

  test('says what is wrong', async () => {
    const { character } = await create({ name: 'Stays', triggerWord: 'upd two' });
    await create({ name: 'Other', triggerWord: 'upd three' });
    const { id } = character;
    expect(await update({ id, name: null, triggerWord: null })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [
        { field: 'name', message: 'It needs 1 to 100 characters and cannot be null.' },
        { field: 'triggerWord', message: 'It needs 2 to 50 characters and cannot be null.' },
      ],
    });
    expect(await update({ id, triggerWord: 'UPD THREE' })).toMatchObject({
      __typename: 'TriggerWordTaken',
      character: { triggerWord: 'upd three' },
    });
    for (const unknown of [NOBODY, 'nonsense', ''])
      expect(await update({ id: unknown, name: 'X' })).toEqual({
        __typename: 'NotFound',
        code: 'NOT_FOUND',
        message: 'There is no character with this id.',
        kind: 'character',
        id: unknown,
      });
    expect(await read(id)).toEqual(character);
  });
});

describe('reading', () => {
  test('an id that nothing has is null', async () => {
    for (const id of [NOBODY, 'nonsense', '', "'; drop table characters; --"])
      expect(await read(id)).toBeNull();
  });
});

describe('characters', () => {
  beforeAll(async () => {
    for (const [name, triggerWord, description] of [
      ['beta 100%', 'list one', null],
      ['Alpha', 'list two', 'snow_white'],
      ['gamma', 'list three', 'a back\\slash'],
      ['Älva', 'list four', null],
      ['alpha', 'LIST five', null],
    ])
      await create({ name, triggerWord, description });
  });
  const search = 'list';
  const byName = { search, sort: 'NAME' };

  test('come newest first, by name, or by their last change', async () => {
    const newest = (await list({ search })).data.characters;
    expect(namesIn(newest)).toEqual(['alpha', 'Älva', 'gamma', 'Alpha', 'beta 100%']);
    const sorted = namesIn((await list(byName)).data.characters);
    expect(sorted).toEqual(['Alpha', 'alpha', 'beta 100%', 'gamma', 'Älva']);
    const gamma = newest.edges[2].node;
    await update({ id: gamma.id, name: 'gamma' });
    expect(namesIn((await list({ search, sort: 'UPDATED' })).data.characters)[0]).toBe('gamma');
  });

  test('are searched in name, trigger word and description, with every sign meaning itself', async () => {
    const found = async (words: string) =>
      namesIn((await list({ search: words, sort: 'NAME' })).data.characters);
    expect(await found('ALPHA')).toEqual(['Alpha', 'alpha']);
    expect(await found('list T')).toEqual(['Alpha', 'gamma']);
    expect(await found('100%')).toEqual(['beta 100%']);
    expect(await found('_white')).toEqual(['Alpha']);
    expect(await found('k\\s')).toEqual(['gamma']);
    expect(await found('%')).toEqual(['beta 100%']);
    expect(await found('a\0')).toEqual([]);
    expect(await found('nobody is called so')).toEqual([]);
  });

  test.each([['NEWEST'], ['NAME'], ['UPDATED']])(
    'are paged without gap or repeat, both ways: %s',
    async (sort) => {
      const all = namesIn((await list({ search, sort })).data.characters);
      const forward: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const characters: Page = (await list({ search, sort, first: 2, after })).data.characters;
        expect(characters.totalCount).toBe(5);
        expect(characters.pageInfo.hasPreviousPage).toBe(after !== null);
        forward.push(...namesIn(characters));
        more = characters.pageInfo.hasNextPage;
        after = characters.pageInfo.endCursor;
      }
      expect(forward).toEqual(all);
      const backward: string[] = [];
      for (let before: string | null = null, more = true; more; ) {
        const characters: Page = (await list({ search, sort, last: 2, before })).data.characters;
        backward.unshift(...namesIn(characters));
        more = characters.pageInfo.hasPreviousPage;
        before = characters.pageInfo.startCursor;
      }
      expect(backward).toEqual(all);
    },
  );

  test('stay in place while others come and go', async () => {
    const first = (await list({ ...byName, first: 2 })).data.characters;
    const extra = [];
    for (const name of ['aaa', 'alpha zwei', 'zzz'])
      extra.push((await create({ name, triggerWord: `list ${name}` })).character.id);
    const second = (await list({ ...byName, first: 2, after: first.pageInfo.endCursor })).data.characters;
    expect(namesIn(second)).toEqual(['alpha zwei', 'beta 100%']);
    const document =
      'mutation ($input: DeleteCharacterInput!) { deleteCharacter(input: $input) { __typename } }';
    for (const id of extra) await api.graphql(document, { input: { id } });
    const third = (await list({ ...byName, first: 2, after: second.pageInfo.endCursor })).data.characters;
    expect(namesIn(third)).toEqual(['gamma', 'Älva']);
  });

  test('an empty page has no cursor', async () => {
    const { characters } = (await list({ search: 'nobody is called so' })).data;
    expect(characters).toEqual({
      totalCount: 0,
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('a cursor that is not of this list, or a page that is too long, is the caller’s mistake', async () => {
    const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
    for (const after of [
      'nonsense',
      cursor([]),
      cursor(['x']),
      cursor([1]),
      cursor([NOBODY, NOBODY]),
      cursor(null),
    ]) {
      const { errors } = await list({ after });
      expect(errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
    }
    for (const key of [
      ['a\0', NOBODY],
      ['a', 'x'],
      ['a', 7],
    ])
      expect((await list({ sort: 'NAME', after: cursor(key) })).errors?.[0]?.extensions.code).toBe(
        'BAD_CURSOR',
      );
    for (const time of ['yesterday', '2026-13-45T00:00:00Z', '0000-01-01T00:00:00.000Z', 7])
      expect(
        (await list({ sort: 'UPDATED', after: cursor([time, NOBODY]) })).errors?.[0]?.extensions.code,
      ).toBe('BAD_CURSOR');
    for (const page of [{ first: 101 }, { first: -1 }, { last: 101 }, { last: -5 }]) {
      const { errors } = await list(page);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('from 0 to 100'),
        extensions: { code: 'BAD_PAGE_SIZE' },
      });
    }
    expect((await list({ first: 0 })).data.characters.edges).toEqual([]);
  });
});
