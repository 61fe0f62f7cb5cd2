import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '#tests/until.ts';
import { filesBelow } from '#tests/uploads.ts';
import { NothingToKeep, TooManyBytes } from './storage.ts';
import { volumeAt } from './volume.ts';

const root = await mkdtemp(join(tmpdir(), 'isengard-volume-test-'));
const volume = volumeAt(join(root, 'volume'));
const path = (key: string) => join(root, 'volume', key);
beforeAll(() => volume.prepare());
afterAll(() => rm(root, { recursive: true }));

const bytesOf = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));
const temporary = () => readdir(path('cache/tmp'));

test('has its folders, and clears away what is older than a day', async () => {
  const names = ['cache', 'characters', 'datasets', 'loras', 'outputs', 'synthetic', 'uploads'];
  expect(await readdir(path(''))).toEqual(names);
  const old = new Date(Date.now() - 25 * 3600 * 1000);
  await mkdir(path('cache/tmp/old-folder'));
  for (const name of ['old', 'young', 'old-folder/file']) await writeFile(path(`cache/tmp/${name}`), 'x');
  for (const name of ['old', 'old-folder']) await utimes(path(`cache/tmp/${name}`), old, old);
  await volume.prepare();
  expect(await temporary()).toEqual(['young']);
  await rm(path('cache/tmp/young'));
});

test.each([
  ['ahead', 2],
  ['behind', -2],
])(
  'a process whose clock is two days %s takes nothing from the others, nor gets lost to them',
  async (_, days) => {
    const now = Date.now();
    vi.useFakeTimers({
      toFake: ['setInterval', 'clearInterval', 'Date'],
      now: now + days * 24 * 3600 * 1000,
    });
    try {
      await writeFile(path('cache/tmp/of another'), 'x');
      const folder = await volume.temporaryFolder('training');
      const old = (now - 25 * 3600 * 1000) / 1000;
      await utimes(folder.path, old, old);
      vi.advanceTimersByTime(3600 * 1000);
      await until(async () => Math.abs((await stat(folder.path)).mtimeMs - now) < 60_000, 'it is touched');
      await volume.prepare();
      expect((await temporary()).sort()).toEqual(['of another', basename(folder.path)]);
      await folder[Symbol.asyncDispose]();
      await rm(path('cache/tmp/of another'));
    } finally {
      vi.useRealTimers();
    }
  },
);

describe('receive', () => {
  test('hashes and counts what it writes', async () => {
    const received = await volume.receive(bytesOf('ab', 'c'), { maxBytes: 3 });
    expect(received).toMatchObject({
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    expect(await readFile(received.path, 'utf8')).toBe('abc');
    await volume.keep(received.path, 'uploads/a/b.txt');
    expect(await readFile(path('uploads/a/b.txt'), 'utf8')).toBe('abc');
    // Kept again, by somebody whose transaction had to be tried again.
    await volume.keep(received.path, 'uploads/a/b.txt');
    await volume.discard(received.path);
    expect(await readFile(path('uploads/a/b.txt'), 'utf8')).toBe('abc');
    expect(await temporary()).toEqual([]);
  });

  test('leaves nothing behind of too much, or of a source that fails', async () => {
    await expect(volume.receive(bytesOf('ab', 'cd'), { maxBytes: 3 })).rejects.toThrow(TooManyBytes);
    async function* broken() {
      yield Buffer.from('ab');
      throw new Error('gone');
    }
    await expect(volume.receive(broken(), { maxBytes: 3 })).rejects.toThrow('gone');
    expect(await temporary()).toEqual([]);
  });
});

test('a temporary folder that is in use for days is no leftover; one whose process is gone becomes one', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const folder = await volume.temporaryFolder('training');
    const old = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(folder.path, old, old);
    vi.advanceTimersByTime(3600 * 1000);
    await until(async () => (await stat(folder.path)).mtimeMs > old.getTime(), 'it is touched');
    await volume.prepare();
    expect(await temporary()).toEqual([basename(folder.path)]);

    await folder[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
    expect(await temporary()).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('what is to be kept and is not there is told apart from everything else', async () => {
  await expect(volume.keep(path('cache/tmp/nothing'), 'outputs/j/1.png')).rejects.toThrow(NothingToKeep);
  const { path: kept } = await volume.receive(bytesOf('a'), { maxBytes: 1 });
  await volume.write('outputs/file', 'x');
  await expect(volume.keep(kept, 'outputs/file/below')).rejects.not.toThrow(NothingToKeep);
  await volume.discard(kept);
  await volume.remove(['outputs/file']);
  expect(await temporary()).toEqual([]);
});

test('replaces, reads in part, and removes', async () => {
  await volume.write('outputs/j/1.png', 'first');
  await volume.write('outputs/j/1.png', 'second');
  await volume.write('outputs/j/2.png', 'other');
  expect(await volume.stat('outputs/j/1.png')).toEqual({ bytes: 6 });
  expect(await volume.stat('outputs/j/3.png')).toBeNull();
  expect(await volume.stat('outputs/j/1.png/x')).toBeNull();
  expect(await volume.stat('outputs/j')).toBeNull();
  expect(await text(volume.stream('outputs/j/1.png', { start: 1, end: 3 }))).toBe('eco');
  await volume.remove(['outputs/j/1.png', 'outputs/j/nothing.png']);
  expect(await filesBelow(path('outputs'))).toEqual(['j/2.png']);
  await volume.remove(['outputs/j/', 'outputs/nothing/']);
  expect(await readdir(path('outputs'))).toEqual([]);
  await using folder = await volume.temporaryFolder('job');
  expect(await readdir(folder.path)).toEqual([]);
});

test('many may write and remove the same folder at once', async () => {
  const removals = Array.from({ length: 20 }, () => volume.remove(['outputs/busy/']));
  const writes = Array.from({ length: 20 }, (_, i) =>
    volume.write(`outputs/busy/${i % 3}.png`, 'x'.repeat(i)),
  );
  const ended = await Promise.allSettled([...writes, ...removals]);
  expect(ended.slice(0, 20).filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await temporary()).toEqual([]);
});

test.each([
  '../x',
  'a/../../x',
  '/etc/passwd',
  'a//b',
  'a/./b',
  'a\\..\\b',
  'a\0b',
  '',
  '/',
  '.hidden',
  'a/a/..',
])('a key cannot leave the volume: %j', async (key) => {
  await expect(volume.write(key, 'x')).rejects.toThrow('Not a storage key');
  await expect(volume.remove([key])).rejects.toThrow('Not a storage key');
  await expect(volume.stat(key)).rejects.toThrow('Not a storage key');
  expect(() => volume.stream(key)).toThrow('Not a storage key');
});
