import { eq, like, sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { apiKeys, attempts, invitations, sessions, users } from '#schema/access.ts';
import { accept, callerAt, createKey, firstOwner, newPerson, PASSWORD } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';
import { db } from '../db.ts';
import { forgetOldAccess } from './forget.ts';
import { inviteFirstOwner, inviteUser } from './invitations.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const { url } = await startServer();

const ACCESS = '{ access { isOn isSetUp viewer { user { name role } scopes } } }';
const SIGN_IN = `mutation ($input: SignInInput!) {
  signIn(input: $input) {
    __typename ... on SignInSuccess { viewer { user { name } scopes } } ... on TooManyAttempts { retryAfterSeconds }
  }
}`;
const signIn = async (caller: ReturnType<typeof callerAt>, name: string, password = PASSWORD) =>
  (await caller.get(SIGN_IN, { input: { name, password } })).signIn;
const viewerOf = async (caller: ReturnType<typeof callerAt>) => (await caller.get(ACCESS)).access.viewer;

test('a new installation has nobody in it, and lets in whoever has the link that it printed, once', async () => {
  const stranger = callerAt(url);
  expect((await stranger.get(ACCESS)).access).toEqual({ isOn: true, isSetUp: false, viewer: null });
  expect(await stranger.ask('{ characters { totalCount } }')).toMatchObject({
    status: 401,
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
  for (const [name, password] of [
    ['admin', 'admin'],
    ['owner', 'password'],
    ['isengard', 'isengard'],
  ] as const)
    expect((await signIn(stranger, name, password)).__typename).toBe('WrongCredentials');

  const links = await Promise.all([inviteFirstOwner(), inviteFirstOwner()]);
  const secrets = links.map((link) => link?.secret ?? '');
  expect(secrets[0]).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await accept(stranger, { secret: 'A'.repeat(43), name: 'Mallory' })).toMatchObject({
    code: 'INVALID_INVITATION',
  });
  expect(await accept(stranger, { secret: secrets[0], name: 'Olga', password: 'too short' })).toMatchObject({
    __typename: 'InvalidInput',
  });
  const answers = await Promise.all(
    [...secrets, ...secrets].map((secret, i) => accept(callerAt(url), { secret, name: `Olga ${i}` })),
  );
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
    'AcceptInvitationSuccess',
    'InvalidInvitation',
    'InvalidInvitation',
    'InvalidInvitation',
  ]);
  expect(await inviteFirstOwner()).toBeNull();
  expect(await db.$count(invitations)).toBe(0);
  expect(await db.select({ role: users.role }).from(users)).toEqual([{ role: 'owner' }]);
  await db.delete(users);
});

test('a set-up link is good for an hour', async () => {
  const link = await inviteFirstOwner();
  const minutes = ((link?.expiresAt.getTime() ?? 0) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(59);
  expect(minutes).toBeLessThan(61);
  await db.update(invitations).set({ expiresAt: sql`now()` });
  expect(await accept(callerAt(url), { secret: link?.secret, name: 'Late' })).toMatchObject({
    code: 'INVALID_INVITATION',
  });
  await forgetOldAccess();
  expect(await db.$count(invitations)).toBe(0);
});

const owner = async () => {
  await db.delete(users);
  return firstOwner(url);
};

test('a session is a secret that only the browser has', async () => {
  const olga = await owner();
  const browser = callerAt(url);
  const { response } = await browser.ask(SIGN_IN, { input: { name: ' oLGA ', password: PASSWORD } });
  const [cookie = ''] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^isengard=[A-Za-z0-9_-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(await viewerOf(browser)).toMatchObject({ user: { name: 'Olga', role: 'OWNER' } });
  const kept = JSON.stringify([await db.select().from(sessions), await db.select().from(users)]);
  expect(kept).not.toContain(cookie.slice(9, 52));
  expect(kept).not.toContain(PASSWORD);
  expect(kept).toContain('$argon2id$v=19$m=65536,t=3,p=4$');

  // Signing in again is another session, and the one before is over: nobody can plant one.
  const before = browser.headers().Cookie ?? '';
  expect((await signIn(browser, 'Olga')).__typename).toBe('SignInSuccess');
  expect(browser.headers().Cookie).not.toBe(before);
  const old = callerAt(url);
  expect((await old.ask(ACCESS, {}, { Cookie: before })).data?.access.viewer).toBeNull();

  await browser.get('mutation { signOut { __typename } }');
  expect(browser.headers()).toEqual({});
  expect(await db.$count(sessions)).toBe(1);
  expect(await viewerOf(olga)).not.toBeNull();
});

test('a session ends when it is not used for a week, and after a month in any case', async () => {
  const olga = await owner();
  await db.update(sessions).set({ lastUsedAt: sql`now() - interval '6 days 23 hours'` });
  expect(await viewerOf(olga)).not.toBeNull();
  const [used] = await db.select().from(sessions);
  expect(Date.now() - (used?.lastUsedAt.getTime() ?? 0)).toBeLessThan(60_000);
  await db.update(sessions).set({ lastUsedAt: sql`now() - interval '7 days 1 minute'` });
  expect(await viewerOf(olga)).toBeNull();
  await forgetOldAccess();
  expect(await db.$count(sessions)).toBe(0);

  await signIn(olga, 'Olga');
  await db.update(sessions).set({ expiresAt: sql`now()` });
  expect(await viewerOf(olga)).toBeNull();
});

test('passwords cannot be tried without end, not at once either, and not by who does not exist', async () => {
  await owner();
  for (const name of ['Olga', 'Nobody']) {
    await db.delete(attempts);
    const guesses = await Promise.all(
      Array.from({ length: 30 }, (_, i) => signIn(callerAt(url), name, `wrong password ${i}`)),
    );
    const kinds = guesses.map(({ __typename }) => __typename);
    expect([name, kinds.filter((kind) => kind === 'WrongCredentials').length]).toEqual([name, 10]);
    expect(kinds.filter((kind) => kind === 'TooManyAttempts')).toHaveLength(20);
    const refused = guesses.find(({ __typename }) => __typename === 'TooManyAttempts');
    expect(refused.retryAfterSeconds).toBeGreaterThan(800);
  }
  await db.delete(attempts);
  for (let i = 0; i < 9; i++) await signIn(callerAt(url), 'Olga', 'wrong password');
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('SignInSuccess');
  // Her own mistakes are forgotten with that.
  for (let i = 0; i < 9; i++) await signIn(callerAt(url), 'Olga', 'wrong password');
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('SignInSuccess');

  // One address at many names.
  await db.delete(attempts);
  for (let i = 0; i < 50; i++) await signIn(callerAt(url), `name ${i}`, 'wrong password');
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('TooManyAttempts');
  await db.delete(attempts);
}, 60_000);

test('an API key may what it was given, never more than its maker, and makes no keys', async () => {
  const olga = await owner();
  const made = await createKey(olga, { scopes: ['READ', 'WRITE_JOBS'], expiresInDays: 1 });
  expect(made.secret).toMatch(/^isengard_[A-Za-z0-9_-]{43}$/);
  expect(made.apiKey.prefix).toBe(made.secret.slice(0, 15));
  expect(JSON.stringify(await db.select().from(apiKeys))).not.toContain(made.secret.slice(15));

  const program = callerAt(url, made.secret);
  expect(await viewerOf(program)).toEqual({
    user: { name: 'Olga', role: 'OWNER' },
    scopes: ['READ', 'WRITE_JOBS'],
  });
  expect((await program.ask('{ characters { totalCount } }')).data?.characters.totalCount).toBe(0);
  const both = `mutation { a: pauseQueue(input: { queue: "x" }) { __typename }
    b: deleteLora(input: { loraId: "x" }) { __typename } }`;
  expect(await program.ask(both)).toMatchObject({
    status: 403,
    errors: [
      {
        message: 'This is not allowed: this API key lacks admin, write:loras.',
        extensions: { code: 'FORBIDDEN', missingScopes: ['admin', 'write:loras'] },
      },
    ],
  });
  const makeKey = `mutation { createApiKey(input: { name: "x", scopes: [READ] }) { __typename } }`;
  expect((await program.ask(makeKey)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  // Who may write and not read is told so, instead of reading by what a mutation answers.
  const writer = callerAt(url, (await createKey(olga, { scopes: ['WRITE_JOBS'] })).secret);
  const cancel = 'mutation { cancelAllJobs(input: {}) { __typename } }';
  expect((await writer.ask(cancel)).errors?.[0]?.extensions.missingScopes).toEqual(['read']);

  const edda = await newPerson(url, 'editor', 'Edda');
  expect(await createKey(edda, { scopes: ['READ', 'ADMIN'] })).toMatchObject({
    issues: [{ field: 'scopes', message: expect.stringContaining('a key cannot have more') }],
  });
  const hers = callerAt(url, (await createKey(edda, { scopes: ['READ', 'WRITE_JOBS'] })).secret);
  expect((await hers.ask(cancel)).status).toBe(200);
  const { users: people } = await olga.get('{ users { id name } }');
  const { id } = people.find(({ name }: { name: string }) => name === 'Edda');
  await olga.get(`mutation { changeRole(input: { userId: "${id}", role: VIEWER }) { __typename } }`);
  expect((await hers.ask(cancel)).errors?.[0]?.extensions.missingScopes).toEqual(['write:jobs']);

  const BAD = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };
  await db.update(apiKeys).set({ expiresAt: sql`now()` }).where(eq(apiKeys.id, made.apiKey.id));
  expect(await program.ask(ACCESS)).toMatchObject(BAD);
  for (const key of ['', 'x', `isengard_${'A'.repeat(43)}`, `${made.secret}x`, `Basic ${made.secret}`])
    expect(await callerAt(url, key).ask(ACCESS)).toMatchObject(BAD);
});

test('a password is changed by who knows it, and everybody else who was in by it is out', async () => {
  const olga = await owner();
  const elsewhere = callerAt(url);
  await signIn(elsewhere, 'Olga');
  const change = async (currentPassword: string, newPassword: string) =>
    (
      await olga.get(
        `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename ... on UserError { message } } }`,
        { input: { currentPassword, newPassword } },
      )
    ).changePassword;
  expect(await change('not it at all', 'another password')).toMatchObject({
    message: 'This is not your current password.',
  });
  expect(await change(PASSWORD, 'short')).toMatchObject({ __typename: 'InvalidInput' });
  expect(await viewerOf(elsewhere)).not.toBeNull();
  expect(await change(PASSWORD, 'another password')).toMatchObject({ __typename: 'ChangePasswordSuccess' });
  expect(await viewerOf(elsewhere)).toBeNull();
  expect(await viewerOf(olga)).not.toBeNull();
  expect((await signIn(elsewhere, 'Olga')).__typename).toBe('WrongCredentials');
  expect((await signIn(elsewhere, 'Olga', 'another password')).__typename).toBe('SignInSuccess');
});

test('who forgot the password gets a link from the owner, and whoever was in is out with it', async () => {
  const olga = await owner();
  const edda = await newPerson(url, 'editor', 'Edda');
  const key = callerAt(url, (await createKey(edda, { scopes: ['READ'] })).secret);
  const { users: people } = await olga.get('{ users { id name apiKeys { name } sessions { isCurrent } } }');
  expect(people[1]).toMatchObject({ name: 'Edda', apiKeys: [{ name: 'a program' }], sessions: [{}] });
  const invite = `mutation { inviteToNewPassword(input: { userId: "${people[1].id}" }) {
    ... on InviteToNewPasswordSuccess { invitation { url } }
  } }`;
  const { invitation } = (await olga.get(invite)).inviteToNewPassword;
  const secret = invitation.url.replace('/join#', '');
  const browser = callerAt(url);
  const looked = await browser.get(`{ access { invitation(secret: "${secret}") { role userName } } }`);
  expect(looked.access.invitation).toEqual({ role: 'EDITOR', userName: 'Edda' });
  expect(await viewerOf(edda)).not.toBeNull();
  expect(await accept(browser, { secret, password: 'a new password' })).toMatchObject({
    viewer: { user: { name: 'Edda' } },
  });
  expect(await viewerOf(edda)).toBeNull();
  expect((await key.ask(ACCESS)).status).toBe(401);
});

test('there is always an owner, also when two remove each other at once', async () => {
  const olga = await owner();
  const { secret } = await inviteUser('owner', null);
  const otto = callerAt(url);
  await accept(otto, { secret, name: 'Otto' });
  expect(
    await accept(callerAt(url), { secret: (await inviteUser('viewer', null)).secret, name: 'OTTO' }),
  ).toMatchObject({
    code: 'NAME_TAKEN',
  });
  const { users: people } = await olga.get('{ users { id name } }');
  const remove = (by: typeof olga, id: string) =>
    by.ask(`mutation { removeUser(input: { userId: "${id}" }) { __typename } }`);
  const answers = await Promise.all([remove(olga, people[1].id), remove(otto, people[0].id)]);
  expect(answers.map(({ data }) => data?.removeUser.__typename).sort()).toEqual([
    'LastOwner',
    'RemoveUserSuccess',
  ]);
  const [left] = await db.select().from(users);
  const last = left?.name === 'Olga' ? olga : otto;
  const demote = `mutation { changeRole(input: { userId: "${left?.id}", role: EDITOR }) { __typename } }`;
  expect((await last.get(demote)).changeRole.__typename).toBe('LastOwner');
  expect((await last.get('{ users { role } }')).users).toEqual([{ role: 'OWNER' }]);
});

test('who loses access loses it at once, on open sockets too', async () => {
  const olga = await owner();
  const edda = await newPerson(url, 'editor', 'Edda');
  const made = await createKey(edda, { scopes: ['READ'] });
  const program = callerAt(url, made.secret);
  const WORKERS = 'subscription { workerUpdates { id } }';
  const [hers, eddas, programs] = [olga.socket(), edda.socket(), program.socket()];
  for (const socket of [hers, eddas, programs])
    expect((await socket.next(WORKERS)).data.workerUpdates).toEqual([]);

  await edda.get(`mutation { revokeApiKey(input: { apiKeyId: "${made.apiKey.id}" }) { __typename } }`);
  expect(await programs.closed).toBe(4401);
  const { users: people } = await olga.get('{ users { id name } }');
  const { id } = people.find(({ name }: { name: string }) => name === 'Edda');
  await olga.get(`mutation { changeRole(input: { userId: "${id}", role: VIEWER }) { __typename } }`);
  expect(await eddas.closed).toBe(1012);
  const again = edda.socket();
  await again.next(WORKERS);
  const { access } = await edda.get('{ access { viewer { sessions { id isCurrent } } } }');
  const session = access.viewer.sessions[0];
  expect(session.isCurrent).toBe(true);
  await olga.get(`mutation { revokeSession(input: { sessionId: "${session.id}" }) { __typename } }`);
  expect(await again.closed).toBe(4401);
  expect(await viewerOf(edda)).toBeNull();
  expect(await edda.socket().closed).toBe(4403);
  // Nobody else was disturbed.
  expect((await hers.next(WORKERS)).data.workerUpdates).toEqual([]);
  await olga.get('mutation { signOut { __typename } }');
  expect(await hers.closed).toBe(4401);
});

test('an idempotency key is its user’s own', async () => {
  const olga = await owner();
  const edda = await newPerson(url, 'editor', 'Edda');
  const create = (caller: typeof olga, name: string) =>
    caller.get(
      `mutation ($input: CreateCharacterInput!) { createCharacter(input: $input, idempotencyKey: "1") {
        __typename ... on CreateCharacterSuccess { character { name } }
      } }`,
      { input: { name, triggerWord: name } },
    );
  const success = (name: string) => ({
    createCharacter: { __typename: 'CreateCharacterSuccess', character: { name } },
  });
  expect(await create(olga, 'Mara')).toEqual(success('Mara'));
  expect(await create(edda, 'Nora')).toEqual(success('Nora'));
  expect(await create(olga, 'Mara')).toEqual(success('Mara'));
  expect((await create(olga, 'Nora')).createCharacter.__typename).toBe('IdempotencyConflict');
});

test('who is no owner any more does not come back by a link made before', async () => {
  const olga = await owner();
  const otto = await newPerson(url, 'owner', 'Otto');
  const { inviteUser: made } = await otto.get(
    'mutation { inviteUser(input: { role: OWNER }) { ... on InviteUserSuccess { invitation { url } } } }',
  );
  const secret = made.invitation.url.replace('/join#', '');
  const { users: people } = await olga.get('{ users { id name } }');
  const { id } = people.find(({ name }: { name: string }) => name === 'Otto');
  await olga.get(`mutation { changeRole(input: { userId: "${id}", role: VIEWER }) { __typename } }`);
  expect(await accept(callerAt(url), { secret, name: 'Otto again' })).toMatchObject({
    code: 'INVALID_INVITATION',
  });
});

test('what others try at an account does not keep its owner out where she was before', async () => {
  await owner();
  await db.delete(attempts);
  await signIn(callerAt(url), 'Olga', 'wrong password');
  const triedByMany = () =>
    db.update(attempts).set({ points: 1000 }).where(like(attempts.key, 'sign-in-account:%'));
  await triedByMany();
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('TooManyAttempts');
  await db.delete(attempts);
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('SignInSuccess');
  const [known] = await db.select().from(attempts).where(like(attempts.key, 'sign-in-known:%'));
  const account = known?.key.replace(/^sign-in-known:\S+ /, 'sign-in-account:') ?? '';
  await db.insert(attempts).values({ key: account, points: 1000, expire: sql`now() + interval '1 hour'` });
  expect((await signIn(callerAt(url), 'Olga')).__typename).toBe('SignInSuccess');
  await db.delete(attempts);
});

test('events that are streamed over HTTP end with the session, too', async () => {
  const olga = await owner();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...olga.headers() },
    body: JSON.stringify({ query: 'subscription { workerUpdates { id } }' }),
  });
  expect(response.status).toBe(200);
  const ended = (async () => {
    for await (const _ of response.body ?? []);
  })().catch(() => {});
  await olga.get('mutation { signOut { __typename } }');
  await ended;
});

test('signing in and out comes alone, so that nothing is done in the name of another', async () => {
  const olga = await owner();
  const document = `mutation { signOut { __typename } cancelAllJobs(input: {}) { __typename } }`;
  expect(await olga.ask(document)).toMatchObject({
    status: 400,
    errors: [{ extensions: { code: 'MUST_BE_ALONE' } }],
  });
  expect(await viewerOf(olga)).not.toBeNull();
  // Over a socket nobody would get the cookie.
  const { errors } = await olga.socket().next('mutation { signOut { __typename } }');
  expect(errors[0].extensions.code).toBe('HTTP_ONLY');
});
