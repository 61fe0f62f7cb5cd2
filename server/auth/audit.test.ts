import { sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { auditLog } from '#schema/access.ts';
import { callerAt, createKey, firstOwner, newPerson, PASSWORD } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';
import { db } from '../db.ts';
import { forgetOldAccess } from './forget.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const { url } = await startServer();
const LOG = `{ auditLog(first: 20) { edges { node {
  operation outcome targets userName userId apiKeyId address correlationId
} } } }`;

test('who changed what, from where, with which correlation id', async () => {
  const olga = await firstOwner(url);
  const edda = await newPerson(url, 'editor', 'Edda');
  const { secret, apiKey } = await createKey(edda, { scopes: ['READ', 'WRITE_CHARACTERS'] });
  const program = callerAt(url, secret);
  const create = `mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) {
    ... on CreateCharacterSuccess { character { id } }
  } }`;
  const input = { name: 'Mara the secret one', triggerWord: 'mara7' };
  const { data } = await program.ask(create, { input }, { 'X-Correlation-ID': 'the-program-7' });
  const { id } = data.createCharacter.character;
  await edda.get(create, { input });
  await edda.get(`mutation { deleteCharacter(input: { id: "${id}" }) { __typename } }`);
  await callerAt(url).get(
    `mutation { signIn(input: { name: "Edda", password: "my old password" }) { __typename } }`,
  );

  const entries = (await olga.get(LOG)).auditLog.edges.map(({ node }: { node: object }) => node);
  const by = { userName: 'Edda', userId: expect.any(String), address: '127.0.0.1', apiKeyId: null };
  expect(entries).toMatchObject([
    { operation: 'signIn', outcome: 'WrongCredentials', userName: null, targets: [], address: '127.0.0.1' },
    { ...by, operation: 'deleteCharacter', outcome: 'Success', targets: [id] },
    { ...by, operation: 'createCharacter', outcome: 'TriggerWordTaken', targets: [] },
    {
      ...by,
      operation: 'createCharacter',
      outcome: 'Success',
      targets: [id],
      apiKeyId: apiKey.id,
      correlationId: 'the-program-7',
    },
    { ...by, operation: 'createApiKey', outcome: 'Success', targets: [apiKey.id] },
    { operation: 'acceptInvitation', outcome: 'Success', userName: 'Edda' },
    { operation: 'acceptInvitation', outcome: 'Success', userName: 'Olga' },
  ]);
  // Ids and names of accounts, and no word of anybody else's.
  const kept = JSON.stringify(await db.select().from(auditLog));
  for (const word of ['Mara', 'mara7', PASSWORD, 'old password', secret]) expect(kept).not.toContain(word);

  expect((await edda.ask(LOG)).errors?.[0]?.extensions.missingScopes).toEqual(['admin']);
  const { users } = await olga.get('{ users { id name } }');
  const eddas = users.find(({ name }: { name: string }) => name === 'Edda').id;
  await olga.get(`mutation { removeUser(input: { userId: "${eddas}" }) { __typename } }`);
  const after = (await olga.get(LOG)).auditLog.edges;
  expect(after[0].node).toMatchObject({ operation: 'removeUser', userName: 'Olga', targets: [eddas] });
  expect(after).toHaveLength(entries.length + 1);

  await db.update(auditLog).set({ at: sql`now() - interval '366 days'` });
  await forgetOldAccess();
  expect(await db.$count(auditLog)).toBe(0);
});

test('trying passwords does not fill it', async () => {
  await db.delete(auditLog);
  const guess = 'mutation { signIn(input: { name: "Olga", password: "wrong" }) { __typename } }';
  await Promise.all(Array.from({ length: 30 }, () => callerAt(url).get(guess)));
  expect(await db.$count(auditLog)).toBe(10);
});

test('what looks like an id and is none is not in it, and neither is what nobody known does', async () => {
  await db.delete(auditLog);
  const nobody = callerAt(url);
  const secret = crypto.randomUUID();
  await nobody.get('mutation { signOut { __typename } }');
  const accept =
    'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }';
  await nobody.get(accept, { input: { secret, name: secret, password: secret } });
  expect(await db.$count(auditLog)).toBe(0);
  await nobody.get('mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }', {
    input: { name: 'Nobody', password: secret },
  });
  const kept = await db.select().from(auditLog);
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(kept)).not.toContain(secret);
});
