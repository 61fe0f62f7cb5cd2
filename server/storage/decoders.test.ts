import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { decodersOf, isDecoder } from '#tests/processes.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import { filesBelow, newCharacter, uploadPhotos } from '#tests/uploads.ts';
import { env } from '../env.ts';
import { decodersWithin } from './decoders.ts';

const api = await startServer();
const folder = await mkdtemp(join(tmpdir(), 'isengard-decoders-'));
afterAll(() => rm(folder, { recursive: true }));

const LIMITS = { most: 1, seconds: 20, megabytes: 512, idleSeconds: 10 };
const draw = (seed: number) => drawPhoto({ seed, width: 96, height: 64 });
async function question(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, origin: 'upload' } as const;
}
const photo = await question('photo.jpg', await draw(1));
const decoders = () => decodersOf(process.pid);

/** A pool with one decoder, which has nothing to do. */
async function poolWith(limits: Partial<typeof LIMITS> = {}) {
  const known = decoders();
  const decode = decodersWithin({ ...LIMITS, ...limits });
  await decode(photo);
  const [pid = 0] = decoders().filter((other) => !known.includes(other));
  return { decode, pid };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('decodes, in one process for many pictures', async () => {
  const { decode, pid } = await poolWith();
  const pictures = await Promise.all([decode(photo), decode(photo), decode(photo)]);
  for (const picture of pictures) {
    expect(picture).toMatchObject({ format: 'jpeg', width: 96, height: 64, thumbHash: expect.any(String) });
    expect(await sharp(picture.small).metadata()).toMatchObject({ format: 'webp', width: 96 });
  }
  expect(decoders()).toContain(pid);
  await expect(decode({ ...photo, path: join(folder, 'none') })).rejects.toThrow('ENOENT');
});

test('knows no secret of ours', async () => {
  const { pid } = await poolWith();
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .map((pair) => pair.split('=')[0]);
  expect(environment.filter((name) => !/^(NODE_CHANNEL_|MALLOC_|UV_|PWD$|$)/.test(name ?? ''))).toEqual([]);
});

test('one that takes too long is ended, and the next picture has another', async () => {
  const { decode, pid } = await poolWith({ seconds: 1 });
  process.kill(pid, 'SIGSTOP');
  const [stuck, next] = await Promise.allSettled([decode(photo), decode(photo)]);
  expect(stuck).toMatchObject({
    reason: { code: 'UNDECODABLE', message: 'The picture cannot be decoded within 1 seconds.' },
  });
  expect(next).toMatchObject({ value: { format: 'jpeg' } });
  await until(() => !decoders().includes(pid), 'it has ended');
});

test('one that dies costs the picture that it was decoding', async () => {
  const { decode, pid } = await poolWith();
  process.kill(pid, 'SIGSTOP');
  const answers = Promise.allSettled([decode(photo), decode(photo)]);
  // By then it was asked.
  await turn();
  process.kill(pid, 'SIGKILL');
  expect(await answers).toMatchObject([{ reason: { code: 'UNDECODABLE' } }, { value: { format: 'jpeg' } }]);
});

test('one that dies while it has nothing to do costs none', async () => {
  const { decode, pid } = await poolWith();
  process.kill(pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}`), 'its end was noticed');
  expect(await decode(photo)).toMatchObject({ format: 'jpeg' });
});

test('one that has nothing to do for long is ended', async () => {
  const { pid } = await poolWith({ idleSeconds: 0.01 });
  await until(() => !decoders().includes(pid), 'it has ended');
});

test('a picture gets no more memory than the limit, of whichever decoder', async () => {
  const { decode } = await poolWith({ megabytes: 96 });
  const flat = sharp({ create: { width: 4400, height: 4400, channels: 4, background: 'teal' } });
  const large = [
    await question(
      'large.png',
      await flat.clone().png({ progressive: true, compressionLevel: 1 }).toBuffer(),
    ),
    await question(
      'large.jpg',
      await flat.clone().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    ),
    await question('large.avif', await flat.clone().avif({ effort: 0 }).toBuffer()),
  ];
  for (const picture of large) {
    await expect(decode(picture)).rejects.toMatchObject({ code: 'UNDECODABLE' });
    expect(await decode(photo)).toMatchObject({ format: 'jpeg' });
  }
  const { decode: roomy } = await poolWith({ megabytes: 1024 });
  for (const picture of large) expect(await roomy(picture)).toMatchObject({ width: 4400 });
});

test.each(['in order', 'by kill -9'])(
  'none outlives the process that it decodes for, which ends %s',
  async (how) => {
    const code = `
    const { decodersWithin } = await import(${JSON.stringify(join(import.meta.dirname, 'decoders.ts'))});
    const decode = decodersWithin(${JSON.stringify(LIMITS)});
    await decode(${JSON.stringify(photo)});
    process.stdin.resume();
    process.stdout.write('decoded');`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code]);
    expect(String((await once(parent.stdout, 'data'))[0])).toBe('decoded');
    const theirs = decodersOf(parent.pid ?? 0);
    expect(theirs).toHaveLength(1);
    const ended = once(parent, 'close');
    // Its decoder has nothing to do, and does not keep it from ending.
    if (how === 'in order') parent.stdin.end();
    else parent.kill('SIGKILL');
    expect((await ended)[0]).toBe(how === 'in order' ? 0 : null);
    await until(() => !theirs.some(isDecoder), 'its decoder is gone');
  },
);

test('an upload whose decoders are killed again and again has a result for each file', async () => {
  const id = await newCharacter(api, 'killed decoders');
  const files = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => ({ name: `${i}.jpg`, bytes: await draw(100 + i) })),
  );
  let isOver = false;
  const uploading = uploadPhotos(api, id, files).finally(() => {
    isOver = true;
  });
  let kills = 0;
  await until(() => {
    for (const pid of decoders()) process.kill(pid, 'SIGKILL');
    return ++kills > 20 || isOver;
  }, 'they are killed often');
  const { results } = await uploading;
  expect(results).toHaveLength(files.length);
  // It died of the photo, as far as anybody can tell, or before it was asked.
  for (const result of results)
    if (result.__typename !== 'ImageAccepted') expect(['UNDECODABLE', 'NOT_STORED']).toContain(result.code);

  // Sent again, they are accepted: nothing of it was the photos' fault.
  const again = (await uploadPhotos(api, id, files)).results;
  expect(again.filter((result: { __typename: string }) => result.__typename === 'ImageRejected')).toEqual([]);
  await until(
    async () => (await filesBelow(join(env.VOLUME_ROOT, 'cache/tmp'))).length === 0,
    'nothing is left',
  );
});
