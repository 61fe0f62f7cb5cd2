import { getIntrospectionQuery } from 'graphql';
import { expect, test, vi } from 'vitest';
import { firstOwner, PASSWORD } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const api = await startServer();
const owner = await firstOwner(api.url);

test('who is nobody is told the same of what there is, of what there is not, and of what is malformed', async () => {
  for (const document of [
    '{ characters { edges { node { id } } } }',
    '{ character { id } }',
    '{ charcters { edges { node { id } } } }',
    '{ characters { edges { node { nothing } } } }',
    '{ characters(first: "many") { edges { node { id } } } }',
    '{ characters(first: 100) { edges { node { images(last: 500) { edges { cursor } } } } } }',
    'mutation { signIn(input: { nme: "Olga", password: "a" }) { __typename } }',
    'mutation { deleteEverything }',
    getIntrospectionQuery(),
    '{ __type(name: "User") { name } }',
  ])
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { response, answer } = await api.request(document, {}, { Accept: accept });
      expect([document, response.status, answer]).toEqual([
        document,
        401,
        {
          errors: [
            {
              message: 'Sign in, or send an API key: `Authorization: Bearer isengard_…`.',
              extensions: { code: 'UNAUTHENTICATED', correlationId: expect.any(String) },
            },
          ],
        },
      ]);
    }
});

test('the next who sends the same text, and is somebody, is told what is wrong with it', async () => {
  const document = '{ characterz { edges { node { id } } } }';
  expect((await api.request(document)).response.status).toBe(401);
  const answer = await owner.ask(document);
  expect(answer.errors?.[0]?.message).toContain('Did you mean');
  expect((await api.request(document)).response.status).toBe(401);
});

test('what is for everybody suggests nothing to nobody', async () => {
  const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
  const { answer } = await api.request(signIn, { input: { name: 'Olga', password: 'x', pasword: 'x' } });
  expect(answer.errors?.[0]?.message).toContain('SignInInput has no such field.');
  expect(JSON.stringify(answer)).not.toContain('Did you mean');
  const right = { name: 'Olga', password: PASSWORD };
  expect((await api.request(signIn, { input: right })).answer.data.signIn.__typename).toBe('SignInSuccess');
});
