import { SignJWT, UnsecuredJWT } from 'jose';
import { symbols } from 'pino';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Caller, callerAt, createKey, firstOwner, newPerson } from '#tests/people.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { multipartBody, postMultipart, uploadFields } from '#tests/uploads.ts';
import { signingKey } from './auth/secrets.ts';
import { log } from './log.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const api = await startServer();
const stranger = callerAt(api.url);

const CREATE = `mutation ($input: CreateFileLinkInput!) {
  createFileLink(input: $input) {
    __typename
    ... on CreateFileLinkSuccess { url expiresAt }
    ... on InvalidInput { issues { field message } }
  }
}`;
const create = async (caller: Caller, input: object) => (await caller.get(CREATE, { input })).createFileLink;

let owner: Caller;
let photos: string[];
beforeAll(async () => {
  owner = await firstOwner(api.url);
  const { createCharacter } = await owner.get(`mutation {
    createCharacter(input: { name: "Mara", triggerWord: "mara" }) {
      ... on CreateCharacterSuccess { character { id } }
    }
  }`);
  const files = await Promise.all(
    [1, 2].map(async (seed, i) => ({
      name: String(i),
      fileName: `${seed}.jpg`,
      bytes: await drawPhoto({ seed, width: 96, height: 64 }),
    })),
  );
  const body = multipartBody([...uploadFields(createCharacter.character.id, 2), ...files]);
  const { answer } = await postMultipart(api, body, owner.headers());
  photos = answer.data.uploadImages.results.map(({ image }: { image: { url: string } }) => image.url);
});

afterEach(() => {
  vi.useRealTimers();
});

const statusOf = async (url: string, caller = stranger) => (await caller.file(url)).status;
const tokenOf = (url: string) => new URLSearchParams(url.split('?')[1]).get('token');

async function expectBadLink(url: string, caller = stranger) {
  const response = await caller.file(url);
  expect([url, response.status]).toEqual([url, 403]);
  expect(response.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(await response.json()).toMatchObject({ error: { code: 'BAD_FILE_LINK' } });
}

test('a link reads its file without an account, and nothing else', async () => {
  const [photo = '', other = ''] = photos;
  expect(await statusOf(photo)).toBe(401);
  const { url, expiresAt } = await create(owner, { url: photo });
  expect(url).toMatch(new RegExp(`^${photo}\\?token=[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
  const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(298);
  expect(seconds).toBeLessThanOrEqual(300);

  const response = await stranger.file(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toMatch(/^inline; /);
  expect((await stranger.file(url, { Range: 'bytes=0-9' })).status).toBe(206);
  expect((await fetch(api.url + url, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(api.url + url, { method: 'POST' })).status).toBe(405);

  const token = tokenOf(url);
  for (const target of [other, `${photo}/256`, `${photo}/original`, photo.replace('images', 'outputs')])
    await expectBadLink(`${target}?token=${token}`);
  await expectBadLink(`${photo}?download&token=${token}`);
  await expectBadLink(`${photo}?token=${token}&download`);
  await expectBadLink(`${photo}?token=${token}&download=`);
  expect(await statusOf(`/graphql?token=${token}&query={info{name}}`)).toBe(401);
});

test('one to save is one to save, and one of a size is of that size', async () => {
  const [photo = ''] = photos;
  const { url } = await create(owner, { url: photo, download: true });
  const response = await stranger.file(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; /);
  await expectBadLink(`${photo}?token=${tokenOf(url)}`);

  const { url: same } = await create(owner, { url: `${photo}?download` });
  expect((await stranger.file(same)).headers.get('content-disposition')).toMatch(/^attachment; /);

  const { url: small } = await create(owner, { url: `${photo}/256` });
  expect((await stranger.file(small)).headers.get('content-type')).toBe('image/webp');
  await expectBadLink(`${photo}?token=${tokenOf(small)}`);
  await expectBadLink(`${photo}/1024?token=${tokenOf(small)}`);
});

test('it expires', async () => {
  const [photo = ''] = photos;
  const { url } = await create(owner, { url: photo, expiresInSeconds: 600 });
  const now = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: now + 595_000 });
  expect(await statusOf(url)).toBe(200);
  vi.setSystemTime(now + 601_000);
  await expectBadLink(url);
  // Nor does it do so for somebody who needs none: whoever sends a proof sends a good one.
  await expectBadLink(url, owner);
});

test('none but ours, unaltered, is one', async () => {
  const [photo = ''] = photos;
  const token = tokenOf((await create(owner, { url: photo })).url) ?? '';
  const [header = '', payload = '', signature = ''] = token.split('.');
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { isDownload: false, sub: photo, exp: Math.floor(Date.now() / 1000) + 300 };
  const signed = (key: Uint8Array, alg = 'HS256', claim: object = claims) =>
    new SignJWT({ ...claim }).setProtectedHeader({ alg }).sign(key);
  const ours = await signingKey('file-links');
  // The shape is right, so that what follows fails for what it says.
  expect(await statusOf(`${photo}?token=${await signed(ours)}`)).toBe(200);
  const { exp: _, ...endless } = claims;
  for (const forged of [
    '',
    'x',
    '..',
    token.slice(0, -2),
    `${token}x`,
    `${header}.${encoded({ ...claims, exp: claims.exp + 10_000 })}.${signature}`,
    `${header}.${payload}.`,
    `${encoded({ alg: 'none' })}.${payload}.`,
    `${encoded({ alg: 'none' })}.${payload}.${signature}`,
    new UnsecuredJWT(claims).encode(),
    await signed(new Uint8Array(32)),
    await signed(await signingKey('another')),
    await signed(Buffer.concat([ours, ours]), 'HS512'),
    await signed(ours, 'HS256', endless),
    await signed(ours, 'HS256', { ...claims, isDownload: 'false' }),
    await signed(ours, 'HS256', { ...claims, sub: `${photo}/` }),
    'a'.repeat(8000),
  ])
    await expectBadLink(`${photo}?token=${encodeURIComponent(forged)}`);
  await expectBadLink(`${photo}?token=x&token=${token}`);
});

test('whoever may read may make one, and of files alone, for ten minutes at most', async () => {
  const [photo = ''] = photos;
  const viewer = await newPerson(api.url, 'viewer', 'Vera');
  const { secret } = await createKey(viewer, { scopes: ['READ'] });
  for (const caller of [viewer, callerAt(api.url, secret)])
    expect(await statusOf((await create(caller, { url: photo })).url)).toBe(200);
  expect(await stranger.ask(CREATE, { input: { url: photo } })).toMatchObject({ status: 401 });

  for (const [input, field] of [
    [{ url: photo, expiresInSeconds: 0 }, 'expiresInSeconds'],
    [{ url: photo, expiresInSeconds: 601 }, 'expiresInSeconds'],
    [{ url: photo, expiresInSeconds: -1 }, 'expiresInSeconds'],
    [{ url: '/graphql' }, 'url'],
    [{ url: `http://elsewhere.example${photo}` }, 'url'],
    [{ url: `${photo}?token=x` }, 'url'],
    [{ url: `${photo}?download&a=b` }, 'url'],
    [{ url: `${photo}/../x` }, 'url'],
    [{ url: `${photo}\n` }, 'url'],
    [{ url: `/files/${'a'.repeat(10_000)}` }, 'url'],
  ] as const)
    expect(await create(owner, input)).toEqual({
      __typename: 'InvalidInput',
      issues: [
        { field, message: expect.stringMatching(/^It (may be 1 to 600|is the path of a file [^<]+)\.$/) },
      ],
    });
});

test('the token is in no log', async () => {
  const [photo = ''] = photos;
  let written = '';
  const stream = (log as unknown as Record<symbol, { write: (line: string) => unknown }>)[symbols.streamSym];
  if (!stream) throw new Error('pino has no stream any more');
  vi.spyOn(stream, 'write').mockImplementation((line) => {
    written += line;
  });
  log.level = 'trace';
  const { url } = await create(owner, { url: photo });
  await statusOf(url);
  await expectBadLink(`${photo}/256?token=${tokenOf(url)}`);
  await vi.waitFor(() => expect(written).toContain(`"path":"${photo}/256"`));
  log.level = 'silent';
  vi.restoreAllMocks();
  expect(written).toContain(`"path":"${photo}"`);
  expect(written).not.toContain(tokenOf(url));
  expect(written).not.toContain('token');
});
