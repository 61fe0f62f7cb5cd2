import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { newCharacter, uploadPhotos } from '#tests/uploads.ts';
import { env } from '../env.ts';
import { storage } from '../storage/volume.ts';

const api = await startServer();
const NOBODY = '01900000-0000-7000-8000-000000000000';

const bytes = await drawPhoto({ seed: 1, width: 400, height: 300 });
const sha256 = createHash('sha256').update(bytes).digest('hex');
const characterId = await newCharacter(api, 'files');
const { results } = await uploadPhotos(api, characterId, [{ name: 'Zoë "1" é%.jpg', bytes }]);
const { image } = results[0];

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(api.url + path, { method, headers });
const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('a file says what it is, may be kept for ever, and can do nothing', async () => {
  const response = await get(image.url);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(bytes.length),
    'content-disposition': `inline; filename="Zo_ _1_ __.jpg"; filename*=UTF-8''Zo%C3%AB%20_1_%20%C3%A9%25.jpg`,
    'accept-ranges': 'bytes',
    etag: `"${sha256}"`,
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
  });
  expect((await bodyOf(response)).equals(bytes)).toBe(true);

  const download = await get(`${image.url}?download`);
  expect(download.headers.get('content-disposition')).toMatch(/^attachment; /);
  const thumbnail = await get(image.small);
  expect(thumbnail.headers.get('content-type')).toBe('image/webp');
  expect(thumbnail.headers.get('etag')).toBe(`"${sha256}-256"`);
});

test('HEAD has the same headers and no body', async () => {
  const response = await get(image.url, {}, 'HEAD');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe(String(bytes.length));
  expect((await bodyOf(response)).length).toBe(0);
});

test('what a client has already is not sent again', async () => {
  const etag = `"${sha256}"`;
  for (const known of [etag, `W/${etag}`, '*', `"other", ${etag}`]) {
    const response = await get(image.url, { 'If-None-Match': known });
    expect([response.status, response.headers.get('etag')]).toEqual([304, etag]);
    expect((await bodyOf(response)).length).toBe(0);
  }
  expect((await get(image.url, { 'If-None-Match': '"other"' })).status).toBe(200);
});

test('a range is answered by that part', async () => {
  const last = bytes.length - 1;
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 0],
    ['bytes=100-199', 100, 199],
    ['bytes=100-', 100, last],
    ['bytes=-100', last - 99, last],
    [`bytes=-${bytes.length + 7}`, 0, last],
    [`bytes=100-${bytes.length + 7}`, 100, last],
  ] as const) {
    const response = await get(image.url, { Range: range });
    expect([range, response.status]).toEqual([range, 206]);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${bytes.length}`);
    expect((await bodyOf(response)).equals(bytes.subarray(start, end + 1))).toBe(true);
  }
  for (const range of [`bytes=${bytes.length}-`, 'bytes=-0']) {
    const response = await get(image.url, { Range: range });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      416,
      `bytes */${bytes.length}`,
    ]);
  }
  // What is no single range of bytes is answered with the whole.
  for (const range of ['bytes=5-2', 'bytes=a-b', 'bytes=-', 'lines=1-2', 'bytes=0-1,4-5'])
    expect((await get(image.url, { Range: range })).status).toBe(200);
  expect((await get(image.url, { Range: 'bytes=0-0', 'If-Range': `"${sha256}"` })).status).toBe(206);
  expect((await get(image.url, { Range: 'bytes=0-0', 'If-Range': '"other"' })).status).toBe(200);
});

test('anything else is not found', async () => {
  for (const path of [
    `/files/images/${NOBODY}`,
    '/files/images/nonsense',
    '/files/images/',
    '/files/images',
    '/files/',
    `/files/unknown/${image.id}`,
    `/files/constructor/${image.id}`,
    `/files/__proto__/${image.id}`,
    `/files/loras/${image.id}`,
    `/files/loras/${image.id}/256`,
    `/files/images/${image.id}/512`,
    `/files/images/${image.id}/256/1`,
    `/files/images/..%2f..%2fetc%2fpasswd`,
    `/files/images/%00`,
    `/files/previews/${NOBODY}/0`,
    `/files/previews/${NOBODY}/..`,
  ]) {
    const response = await get(path);
    expect([path, response.status, response.headers.get('x-content-type-options')]).toEqual([
      path,
      404,
      'nosniff',
    ]);
    expect(await response.json()).toMatchObject({
      error: { code: 'NOT_FOUND', message: 'There is no such file.' },
    });
  }
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const response = await get(image.url, {}, method);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
});

test('a path cannot leave its folder', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    // `fetch` would tidy the path up.
    const path = '/files/images/../../../../etc/passwd';
    request(api.url, { path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(404);
});

test('a preview is never kept', async () => {
  const preview = await (await get(image.small)).arrayBuffer();
  await storage.write(`cache/previews/${NOBODY}/3`, new Uint8Array(preview));
  const response = await get(`/files/previews/${NOBODY}/3`);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'no-store',
  });
  expect(response.headers.get('etag')).toBeNull();
  await storage.write(`cache/previews/${NOBODY}/4`, '<script>alert(1)</script>');
  expect((await get(`/files/previews/${NOBODY}/4`)).status).toBe(404);
});

test('a file that is removed while it is looked up is not found', async () => {
  const preview = Buffer.from(await (await get(image.small)).arrayBuffer());
  for (const removeAfter of [1, 2]) {
    const key = `cache/previews/${NOBODY}/${removeAfter}`;
    await storage.write(key, preview);
    const stat = storage.stat;
    let looks = 0;
    const looking = vi.spyOn(storage, 'stat').mockImplementation(async (looked) => {
      const found = await stat(looked);
      if (looked === key && ++looks === removeAfter) await storage.remove([key]);
      return found;
    });
    const response = await get(`/files/previews/${NOBODY}/${removeAfter}`);
    looking.mockRestore();
    expect([looks, response.status]).toEqual([removeAfter, 404]);
  }
  const stat = storage.stat;
  const original = `uploads/${characterId}/${sha256}.jpg`;
  const looking = vi.spyOn(storage, 'stat').mockImplementation(async (key) => {
    const found = await stat(key);
    await storage.remove([original]);
    return found;
  });
  const response = await get(image.url, { Range: 'bytes=0-9' });
  looking.mockRestore();
  await storage.write(original, bytes);
  expect(response.status).toBe(404);
  for (const name of ['etag', 'content-range', 'content-disposition', 'accept-ranges'])
    expect(response.headers.get(name)).toBeNull();
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('a client that goes away closes its file', async () => {
  const { readdir, readlink, writeFile } = await import('node:fs/promises');
  const original = join(env.VOLUME_ROOT, `uploads/${characterId}/${sha256}.jpg`);
  await writeFile(original, Buffer.alloc(50 * 2 ** 20));
  const openFiles = async () => {
    const names = await readdir('/proc/self/fd');
    const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    return targets.filter((target) => target === original).length;
  };
  await new Promise<void>((resolve) => {
    const req = request(api.url + image.url, (response) => {
      response.once('data', () => req.destroy());
      response.once('close', resolve);
      response.on('error', () => {});
    });
    req.end();
  });
  await expect.poll(openFiles).toBe(0);
  await writeFile(original, bytes);
});

test('and so does one that goes away while it is opened', async () => {
  const held = new Readable({ read() {} });
  const req = request(api.url + image.url).on('error', () => {});
  const opening = vi.spyOn(storage, 'stream').mockImplementation(() => {
    req.destroy();
    return held;
  });
  const gone = new Promise((resolve) => req.once('close', resolve));
  req.end();
  await gone;
  // A request of its own is answered later than the end of the first one is noticed.
  await get('/files/none');
  held.push('late');
  await expect.poll(() => held.destroyed).toBe(true);
  opening.mockRestore();
});
