import { beforeAll, expect, test } from 'vitest';
import { change, generate } from '#tests/gallery.ts';
import { startServer } from '#tests/server.ts';

const api = await startServer({ worker: true });
let outputIds: string[];
beforeAll(async () => {
  ({ outputIds } = await generate(api, { prompt: 'a fox', seed: 7, count: 3 }));
});

const archive = (ids: (string | undefined)[]) =>
  change(api, 'createArchive', { outputIds: ids }, 'url count bytes');

/** The names and contents of a ZIP whose files are stored, by its central directory (APPNOTE 4.3.12). */
function unzip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  const found = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, nameSize, extra, comment] = [
      zip.readUInt32LE(at + 24),
      ...[28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)),
    ] as [number, number, number, number];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    found.set(zip.toString('utf8', at + 46, at + 46 + nameSize), zip.subarray(start, start + size));
    at += 46 + nameSize + extra + comment;
  }
  return found;
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('images are fetched as one ZIP, in the order in which they were chosen', async () => {
  const [first, second, third] = outputIds;
  const made = await archive([third, first, 'nonsense', third]);
  expect(made).toMatchObject({ count: 2 });
  const response = await fetch(api.url + made.url);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="isengard-2-images.zip"',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const zip = await bytesOf(response);
  expect(response.headers.get('content-length')).toBe(String(zip.length));
  const files = unzip(zip);
  expect([...files.keys()]).toEqual(['001 image 9.png', '002 image 7.png']);
  for (const [name, id] of [
    ['001 image 9.png', third],
    ['002 image 7.png', first],
  ] as const)
    expect(files.get(name)?.equals(await bytesOf(await fetch(`${api.url}/files/outputs/${id}`)))).toBe(true);
  const head = await fetch(api.url + made.url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(zip.length)]);

  // What went into the trash meanwhile is not sent, and with nothing left there is no file.
  await change(api, 'deleteOutputs', { outputIds: [first] }, '__typename');
  expect([...unzip(await bytesOf(await fetch(api.url + made.url))).keys()]).toEqual(['001 image 9.png']);
  expect(await archive([first, 'nonsense'])).toMatchObject({ code: 'NOT_FOUND' });
  await change(api, 'deleteOutputs', { outputIds: [third] }, '__typename');
  expect((await fetch(api.url + made.url)).status).toBe(404);
  expect((await archive([second])).count).toBe(1);
});

test('a link to a ZIP admits to it alone', async () => {
  const { url } = await archive([outputIds[1]]);
  const link = await change(api, 'createFileLink', { url }, 'url');
  expect((await fetch(api.url + link.url)).status).toBe(200);
  const other = await archive([outputIds[1]]);
  const token = link.url.split('token=')[1];
  expect((await fetch(`${api.url}${other.url}&token=${token}`)).status).not.toBe(200);
});

test('a ZIP that nobody made is not found', async () => {
  for (const id of [outputIds[0], 'nonsense', '', '..%2f..'])
    expect((await fetch(`${api.url}/files/archives/${id}`)).status).toBe(404);
});
