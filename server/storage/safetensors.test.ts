import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  floatsOf,
  InvalidSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
} from './safetensors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TENSORS = {
  half: { dtype: 'F16' as const, shape: [2, 2], values: Float32Array.of(1, -2.5, 65504, 2 ** -24) },
  full: { dtype: 'F32' as const, shape: [3], values: Float32Array.of(0.1, -3e38, 1e-40) },
  bytes: { dtype: 'U8' as const, shape: [5], values: Uint8Array.of(1, 2, 3, 4, 255) },
  scalar: { dtype: 'F32' as const, shape: [], values: Float32Array.of(7) },
  nothing: { dtype: 'F32' as const, shape: [0, 4], values: new Float32Array() },
};

test('what was written is read, in the order of the reference writer, and nothing temporary stays', async () => {
  const path = join(folder, 'deep/er/a.safetensors');
  await writeSafetensors(path, TENSORS, { title: 'Ünïcode' });
  const { tensors, metadata } = await readSafetensors(path);
  expect([...tensors.keys()]).toEqual(['full', 'nothing', 'scalar', 'half', 'bytes']);
  for (const name of ['half', 'full', 'scalar', 'nothing'] as const) {
    const tensor = tensors.get(name);
    expect(tensor && floatsOf(tensor)).toEqual(TENSORS[name].values);
  }
  expect(new Uint8Array(tensors.get('bytes')?.bytes ?? [])).toEqual(TENSORS.bytes.values);
  expect(metadata.get('title')).toBe('Ünïcode');
  expect(Number((await readFile(path)).readBigUInt64LE()) % 8).toBe(0);
  expect(await readdir(join(folder, 'deep/er'))).toEqual(['a.safetensors']);
});

test('a tensor whose shape does not fit its values is not written', async () => {
  const wrong = { a: { dtype: 'F32' as const, shape: [3], values: new Float32Array(2) } };
  await expect(writeSafetensors(join(folder, 'wrong.safetensors'), wrong, {})).rejects.toThrow(
    InvalidSafetensors,
  );
  expect(await readdir(folder)).not.toContain('wrong.safetensors');
});

const f32 = (shape: unknown, data_offsets: unknown) => ({ dtype: 'F32', shape, data_offsets });
const file = (header: unknown, dataBytes: number, more: { declared?: bigint; bytes?: Buffer } = {}) => {
  const json = more.bytes ?? Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(more.declared ?? BigInt(json.length));
  return Buffer.concat([size, json, Buffer.alloc(dataBytes)]);
};
const many = (count: number, entry: (i: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => entry(i)));

const ACCEPTED: Record<string, Buffer> = {
  'no tensor at all': file({}, 0),
  'padding after the header': file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}     ', 4),
  'a tensor called __proto__': file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
  'tensors in any order': file({ b: f32([1], [4, 8]), a: f32([1], [0, 4]) }, 8),
};
for (const [what, bytes] of Object.entries(ACCEPTED)) {
  test(`accepts ${what}`, async () => {
    const path = join(folder, 'accepted.safetensors');
    await writeFile(path, bytes);
    await readSafetensorsHeader(path);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
  });
}

const a = f32([1], [0, 4]);
const REFUSED: [string, Buffer, string][] = [
  ['an empty file', Buffer.alloc(0), 'TOO_SHORT'],
  ['a header of 2^64 − 1 bytes', file({ a }, 4, { declared: 2n ** 64n - 1n }), 'HEADER_TOO_LARGE'],
  ['a header over 8 MiB', file(`{${' '.repeat(2 ** 23)}}`, 0), 'HEADER_TOO_LARGE'],
  ['a header longer than the file', file({ a }, 4, { declared: 5000n }), 'HEADER_TRUNCATED'],
  ['an empty header', file('', 10), 'HEADER_TRUNCATED'],
  [
    'bytes that are not UTF-8',
    file(null, 0, { bytes: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }),
    'HEADER_NOT_UTF8',
  ],
  ['a byte order mark', file('\ufeff{}', 0), 'HEADER_NOT_JSON'],
  ['something before the brace', file(' {}', 0), 'HEADER_NOT_JSON'],
  ['a pickle', file('\u0080\u0002}q\u0000.....', 0), 'HEADER_NOT_JSON'],
  ['half a header', file('{"a":{"dtype":', 4), 'HEADER_NOT_JSON'],
  ['deep nesting', file(`{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`, 0), 'TOO_DEEP'],
  ['a tensor twice', file(`{"a":${JSON.stringify(a)},"\\u0061":${JSON.stringify(a)}}`, 4), 'DUPLICATE_KEY'],
  [
    'a field twice',
    file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    'DUPLICATE_KEY',
  ],
  [
    '20,001 tensors',
    file(
      many(20_001, (i) => [`${i}`, f32([0], [0, 0])]),
      0,
    ),
    'TOO_MANY_TENSORS',
  ],
  ['metadata that is a list', file({ __metadata__: [] }, 0), 'BAD_METADATA'],
  ['metadata that is not strings', file({ __metadata__: { a: 1 } }, 0), 'BAD_METADATA'],
  ['too much metadata', file({ __metadata__: many(501, (i) => [`${i}`, '']) }, 0), 'BAD_METADATA'],
  ['a huge metadata key', file({ __metadata__: { ['k'.repeat(257)]: '' } }, 0), 'BAD_METADATA'],
  ['a huge metadata value', file({ __metadata__: { a: 'v'.repeat(2 ** 18 + 1) } }, 0), 'BAD_METADATA'],
  [
    'metadata over 4 MiB',
    file({ __metadata__: many(17, (i) => [`${i}`, 'v'.repeat(2 ** 18)]) }, 0),
    'BAD_METADATA',
  ],
  ['a control character in a name', file({ 'a\u0000b': a }, 4), 'BAD_NAME'],
  ['a name of 513 characters', file({ ['n'.repeat(513)]: a }, 4), 'BAD_NAME'],
  ['an empty name', file({ '': a }, 4), 'BAD_NAME'],
  ['an unknown dtype', file({ a: { ...a, dtype: 'F33' } }, 4), 'BAD_DTYPE'],
  ['an inherited dtype', file({ a: { ...a, dtype: 'constructor' } }, 4), 'BAD_DTYPE'],
  ['a tensor that is a number', file({ a: 1 }, 4), 'BAD_DTYPE'],
  ['nine dimensions', file({ a: f32([1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['a negative side', file({ a: f32([-1], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['half a side', file({ a: f32([0.5], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['a side over 2^31', file({ a: f32([2 ** 31 + 1, 0], [0, 0]) }, 0), 'BAD_SHAPE'],
  ['a shape that overflows', file({ a: f32([2 ** 31, 2 ** 31, 4], [0, 4]) }, 4), 'BAD_OFFSETS'],
  ['offsets as text', file({ a: f32([1], ['0', '4']) }, 4), 'BAD_OFFSETS'],
  ['offsets as fractions', file({ a: f32([1], [0.5, 4.5]) }, 8), 'BAD_OFFSETS'],
  ['offsets like 1e99', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e99]}}', 4), 'BAD_OFFSETS'],
  ['offsets the wrong way round', file({ a: f32([0], [4, 0]) }, 4), 'BAD_OFFSETS'],
  ['a tensor beyond the file', file({ a: f32([2], [0, 8]) }, 4), 'BAD_OFFSETS'],
  ['a size that is not the shape’s', file({ a: f32([1], [0, 8]) }, 8), 'BAD_OFFSETS'],
  [
    'a value of four bits alone',
    file({ a: { dtype: 'F4', shape: [1], data_offsets: [0, 1] } }, 1),
    'BAD_OFFSETS',
  ],
  ['tensors that overlap', file({ a, b: f32([1], [2, 6]) }, 6), 'BAD_LAYOUT'],
  ['a gap', file({ a, b: f32([1], [8, 12]) }, 12), 'BAD_LAYOUT'],
  ['a gap at the beginning', file({ a: f32([1], [4, 8]) }, 8), 'BAD_LAYOUT'],
  ['bytes after the end', file({ a }, 5), 'BAD_LAYOUT'],
];
for (const [what, bytes, reason] of REFUSED) {
  test(`refuses ${what}`, async () => {
    const path = join(folder, 'refused.safetensors');
    await writeFile(path, bytes);
    await expect(readSafetensorsHeader(path)).rejects.toMatchObject({
      constructor: InvalidSafetensors,
      reason,
    });
  });
}

test('a thumbnail that is not a picture is left out', async () => {
  const path = join(folder, 'thumbnail.safetensors');
  await writeSafetensors(path, {}, { 'modelspec.thumbnail': 'data:image/svg+xml;base64,PHN2Zy8+', a: 'b' });
  expect([...(await readSafetensorsHeader(path)).metadata.keys()]).toEqual(['a']);
});
