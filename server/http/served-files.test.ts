import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining } from '#tests/steps.ts';
import { uploadPhotos } from '#tests/uploads.ts';
import { storage } from '../storage/volume.ts';

const api = await startServer({ worker: true });

const INERT = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
};
const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });
const headersOf = ({ headers }: Response) => Object.fromEntries(headers);

const noise = sharp({
  create: {
    width: 96,
    height: 64,
    channels: 3,
    background: 'grey',
    noise: { type: 'gaussian', mean: 128, sigma: 30 },
  },
});
const { id: characterId } = await createCharacter(api);
const { results } = await uploadPhotos(api, characterId, [
  { name: 'a.html', bytes: await drawPhoto({ seed: 1, width: 96, height: 64 }) },
  { name: 'b.svg', bytes: await noise.clone().png().toBuffer() },
  { name: 'c.js', bytes: await noise.clone().webp().toBuffer() },
  { name: 'd.exe', bytes: await noise.clone().avif({ effort: 0 }).toBuffer() },
  { name: 'e.zip', bytes: await noise.clone().gif().toBuffer() },
]);
const [jpeg, png, webp, avif, gif] = results.map(({ image }: { image: { url: string } }) => image.url);

/** The addresses of what a training and a generation leave. */
async function madeFiles() {
  const training = await startTraining(api, characterId, { steps: 100, checkpointEvery: 50 });
  const events = await eventsOf(api, training.id);
  const { lora } = (
    await api.graphql('query ($id: ID!) { training(id: $id) { lora { url } } }', { id: training.id })
  ).training;
  const generation = await startGeneration(api, { prompt: 'a fox', width: 256, height: 256, steps: 1 });
  await eventsOf(api, generation.id);
  const { outputs } = (
    await api.graphql('query ($id: ID!) { generation(id: $id) { outputs { url } } }', { id: generation.id })
  ).generation;
  const of = (kind: string) => events.find(({ __typename }) => __typename === kind);
  return {
    lora: lora.url,
    sample: of('SampleAdded').sample.url,
    checkpoint: `/files/checkpoints/${of('CheckpointAdded').checkpoint.id}`,
    output: outputs[0].url,
  };
}
const made = await madeFiles();

const KINDS: [kind: string, path: string, type: string, disposition: string][] = [
  ['a JPEG', jpeg, 'image/jpeg', 'inline; filename="a.html.jpg"'],
  ['a PNG', png, 'image/png', 'inline; filename="b.svg.png"'],
  ['a WebP', webp, 'image/webp', 'inline; filename="c.js.webp"'],
  ['an AVIF', avif, 'image/avif', 'inline; filename="d.exe.avif"'],
  ['a GIF', gif, 'image/gif', 'attachment; filename="e.zip.gif"'],
  ['a thumbnail', `${gif}/256`, 'image/webp', 'inline; filename="e.zip-256.webp"'],
  ['a sample', made.sample, 'image/png', 'inline; filename="'],
  ['an output', made.output, 'image/png', 'inline; filename="isengard-'],
  ['weights', made.lora, 'application/octet-stream', 'attachment; filename="'],
  [
    'weights, opened',
    made.lora.replace('?download', ''),
    'application/octet-stream',
    'attachment; filename="',
  ],
  ['a checkpoint', made.checkpoint, 'application/octet-stream', 'attachment; filename="'],
];

test.each(KINDS)(
  '%s is what it is and nothing else, whole, in part and not at all',
  async (_, path, type, disposition) => {
    const whole = await get(path);
    expect(whole.status).toBe(200);
    expect(headersOf(whole)).toMatchObject({ ...INERT, 'content-type': type, 'accept-ranges': 'bytes' });
    expect(whole.headers.get('content-disposition')).toContain(disposition);
    expect(whole.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const etag = whole.headers.get('etag') ?? '';
    const bytes = Buffer.from(await whole.arrayBuffer());

    const part = await get(path, { Range: 'bytes=1-3' });
    expect(part.status).toBe(206);
    expect(headersOf(part)).toMatchObject({ ...INERT, 'content-type': type, etag });
    expect(part.headers.get('content-range')).toBe(`bytes 1-3/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1, 4))).toBe(true);

    const known = await get(path, { 'If-None-Match': etag });
    expect([known.status, await known.text()]).toEqual([304, '']);
    expect(headersOf(known)).toMatchObject({ ...INERT, etag });

    const beyond = await get(path, { Range: `bytes=${bytes.length}-` });
    expect(beyond.status).toBe(416);
    expect(headersOf(beyond)).toMatchObject({ ...INERT, 'content-type': 'application/json; charset=utf-8' });
    expect([beyond.headers.get('etag'), beyond.headers.get('content-disposition')]).toEqual([null, null]);

    const missing = await get(path.replace(/[0-9a-f-]{36}/, '01900000-0000-7000-8000-000000000000'));
    expect(missing.status).toBe(404);
    expect(headersOf(missing)).toMatchObject({ ...INERT, 'cache-control': 'no-store' });
    expect(await missing.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });

    const posted = await fetch(api.url + path, { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(headersOf(posted)).toMatchObject({ ...INERT, allow: 'GET, HEAD' });
  },
);

test('any range is answered by one part, the whole, or that there is none', async () => {
  const { length } = Buffer.from(await (await get(jpeg)).arrayBuffer());
  const huge = '9'.repeat(400);
  for (const [range, status, contentRange] of [
    ['bytes=0-1,4-5', 200, null],
    ['bytes=0-9,5-14,0-', 200, null],
    [`bytes=${'0-0,'.repeat(1000)}0-0`, 200, null],
    [`bytes=0-${huge}`, 206, `bytes 0-${length - 1}/${length}`],
    [`bytes=-${huge}`, 206, `bytes 0-${length - 1}/${length}`],
    [`bytes=${huge}-`, 416, `bytes */${length}`],
    [`bytes=${huge}-${huge}`, 416, `bytes */${length}`],
    ['bytes=9007199254740993-', 416, `bytes */${length}`],
    ['bytes=0-0x10', 200, null],
    ['bytes=-1e3', 200, null],
    ['bytes=--1', 200, null],
    ['bytes=+1-2', 200, null],
    ['BYTES=0-1', 200, null],
    ['bytes= 0-1', 200, null],
  ] as const) {
    const response = await get(jpeg, { Range: range });
    await response.arrayBuffer();
    expect([range.slice(0, 30), response.status, response.headers.get('content-range')]).toEqual([
      range.slice(0, 30),
      status,
      contentRange,
    ]);
  }
});

/** The first line of what is answered to a target that is sent as it is. */
async function statusOf(target: string) {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1');
  return (await text(socket)).split('\r\n', 1)[0]?.replace('HTTP/1.1 ', '');
}

const id = jpeg.split('/')[3];

test.each([
  `/files/images%2f${id}`,
  `/files/images/${id}%2f256`,
  `/files/images/${id}/%32%35%36`,
  `/files/images/${id}%00`,
  `/files/images/${id}%00.jpg`,
  `/files/images/${id}\0`,
  `/files/images/${id}.jpg`,
  `/files/images/${id}/`,
  `/files/images/${id}/original/`,
  `/files/images/${id}//256`,
  `/files//images/${id}`,
  `/files/images/./${id}`,
  `/files/references/../images/${id}`,
  `/files/images/${id}/..`,
  `/files/images/${id}/256/../1024`,
  `/files/images/${id.toUpperCase()}`,
  `/files/images/${id};a=b`,
  `/files/images/${id}%20`,
  `/files/images/${id}\\256`,
  `/files/images/${id}/..%5c..%5c`,
  `/files/images/%252e%252e%252f${id}`,
  '/files/images/..%c0%af..%c0%afetc%c0%afpasswd',
  '/files/%2e%2e/%2e%2e/package.json',
  '/files/../package.json',
  `/files/previews/${id}/-1`,
  `/files/previews/${id}/1e9`,
  `/files/previews/${id}/0000`,
])('the path %j leads nowhere', async (target) => {
  expect(await statusOf(target)).toMatch(/^(404 Not Found|400 Bad Request)$/);
});

test('nor does a long one', async () => {
  expect(await statusOf(`/files/images/${'a'.repeat(8000)}`)).toBe('404 Not Found');
  expect(await statusOf(`/files/images/${id}/${'../'.repeat(2000)}etc/passwd`)).toBe('404 Not Found');
  expect(await statusOf(`/files/images/${'a'.repeat(100_000)}`)).toBe('431 Request Header Fields Too Large');
});

test('a preview of an engine is a picture, or is not served', async () => {
  const job = '01900000-0000-7000-8000-000000000001';
  for (const [index, content, status, type] of [
    [0, await noise.clone().webp().toBuffer(), 200, 'image/webp'],
    [1, await noise.clone().gif().toBuffer(), 404, 'application/json; charset=utf-8'],
    [2, '<svg xmlns="http://www.w3.org/2000/svg"/>', 404, 'application/json; charset=utf-8'],
    [3, '', 404, 'application/json; charset=utf-8'],
  ] as const) {
    await storage.write(`cache/previews/${job}/${index}`, content);
    const response = await get(`/files/previews/${job}/${index}`);
    expect([index, response.status]).toEqual([index, status]);
    expect(headersOf(response)).toMatchObject({
      ...INERT,
      'content-type': type,
      'cache-control': 'no-store',
    });
  }
});
