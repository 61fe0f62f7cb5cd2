import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { groupPhoto, oneMan, otherPeople, portraits } from '#tests/faces.ts';
import { realPhotos } from '#tests/pictures.ts';
import { faceFindersOf } from '#tests/processes.ts';
import { until } from '#tests/until.ts';
import { type Face, facesIn, facesWithin } from './faces.ts';
import { likenessTo } from './likeness.ts';

const folder = await mkdtemp(join(tmpdir(), 'isengard-faces-'));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, String(files++));
  await writeFile(path, bytes);
  return path;
}

async function facesOf(pictures: Uint8Array[]): Promise<Face[]> {
  const faces: Face[] = [];
  for (const bytes of pictures) faces.push(...(await facesIn(await fileOf(bytes))));
  return faces;
}

test('one face in other crops and lights stays much the same', async () => {
  const faces = await facesOf((await portraits()).map(({ bytes }) => bytes));
  expect(faces).toHaveLength(5);
  for (const [i, face] of faces.entries()) {
    expect(face.share).toBeGreaterThan(0.1);
    expect(likenessTo(faces.toSpliced(i, 1))(face)).toBeGreaterThan(0.85);
  }
});

test('the same person in other photos is more alike than any other person', async () => {
  const [man, others] = [await facesOf(await oneMan(9)), await facesOf(await otherPeople(8))];
  expect([man.length, others.length]).toEqual([9, 8]);
  const likeness = likenessTo(man.slice(0, 5));
  const his = man.slice(5).map(likeness);
  const theirs = others.map(likeness);
  expect(Math.min(...his)).toBeGreaterThan(Math.max(...theirs) + 0.2);
  expect(Math.max(...theirs)).toBeLessThan(0.3);
});

test('a picture of five people has five faces, the largest first, and one of them is whom other photos show', async () => {
  const faces = await facesOf([await groupPhoto()]);
  expect(faces).toHaveLength(5);
  const shares = faces.map(({ share }) => share);
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  const likenesses = faces.map(likenessTo(await facesOf(await oneMan(5)))).sort((a, b) => b - a);
  expect(likenesses[0]).toBeGreaterThan(0.5);
  expect(likenesses[1]).toBeLessThan(0.3);
});

test('an animal has no face, and what is no picture is told', async () => {
  const [cat] = await realPhotos();
  expect(await facesOf([cat?.bytes ?? Buffer.of()])).toEqual([]);
  const broken = await fileOf(Buffer.from('no picture'));
  await expect(facesIn(broken)).rejects.toThrow(/^The picture cannot be looked through: /);
  await expect(facesIn(join(folder, 'none'))).rejects.toThrow('cannot be looked through');
});

const LIMITS = { most: 1, seconds: 20, megabytes: 1536, idleSeconds: 10 };

/** A pool with one process, which has nothing to do. */
async function poolWith(limits: Partial<typeof LIMITS>) {
  const known = faceFindersOf(process.pid);
  const path = await fileOf((await portraits())[0]?.bytes ?? Buffer.of());
  const find = facesWithin({ ...LIMITS, ...limits });
  await find(path);
  const [pid = 0] = faceFindersOf(process.pid).filter((other) => !known.includes(other));
  return { find: () => find(path), pid };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one that hangs is ended, and the next picture has another', async () => {
  const { find, pid } = await poolWith({ seconds: 8 });
  process.kill(pid, 'SIGSTOP');
  await expect(find()).rejects.toThrow('was not looked through within 8 seconds');
  expect(await find()).toHaveLength(1);
  expect(faceFindersOf(process.pid)).not.toContain(pid);
}, 60_000);

test('one that dies costs the picture that it had', async () => {
  const { find, pid } = await poolWith({});
  process.kill(pid, 'SIGSTOP');
  const answer = expect(find()).rejects.toThrow('ended over this picture (SIGKILL)');
  // By then it was asked.
  await turn();
  process.kill(pid, 'SIGKILL');
  await answer;
  expect(await find()).toHaveLength(1);
});

test('one that has nothing to do for long is ended', async () => {
  const { pid } = await poolWith({ idleSeconds: 0.01 });
  await until(() => !faceFindersOf(process.pid).includes(pid), 'it has ended');
});
