import { safetensorsBytes } from './loras.ts';

export const f32 = (shape: unknown, data_offsets: unknown) => ({ dtype: 'F32', shape, data_offsets });
const many = (count: number, entry: (i: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => entry(i)));

const a = f32([1], [0, 4]);
/** What is wrong with a safetensors file, the file, and the rule that it breaks. */
export const HOSTILE_HEADERS: [what: string, bytes: Buffer, reason: string][] = [
  ['an empty file', Buffer.alloc(0), 'TOO_SHORT'],
  [
    'a header of 2^64 − 1 bytes',
    safetensorsBytes({ a }, 4, { declared: 2n ** 64n - 1n }),
    'HEADER_TOO_LARGE',
  ],
  ['a header over 8 MiB', safetensorsBytes(`{${' '.repeat(2 ** 23)}}`, 0), 'HEADER_TOO_LARGE'],
  ['a header longer than the file', safetensorsBytes({ a }, 4, { declared: 5000n }), 'HEADER_TRUNCATED'],
  ['an empty header', safetensorsBytes('', 10), 'HEADER_TRUNCATED'],
  [
    'bytes that are not UTF-8',
    safetensorsBytes(null, 0, { bytes: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }),
    'HEADER_NOT_UTF8',
  ],
  ['a byte order mark', safetensorsBytes('\ufeff{}', 0), 'HEADER_NOT_JSON'],
  ['something before the brace', safetensorsBytes(' {}', 0), 'HEADER_NOT_JSON'],
  ['a pickle', safetensorsBytes('\u0080\u0002}q\u0000.....', 0), 'HEADER_NOT_JSON'],
  ['half a header', safetensorsBytes('{"a":{"dtype":', 4), 'HEADER_NOT_JSON'],
  ['8 MB of a string without an end', safetensorsBytes(`{"${'\\"'.repeat(4_000_000)}`, 4), 'HEADER_NOT_JSON'],
  ['8 MB of spaces before a colon', safetensorsBytes(`{"a"${' '.repeat(8_000_000)}1}`, 4), 'HEADER_NOT_JSON'],
  ['8 MB of one name', safetensorsBytes(`{"${'n'.repeat(8_000_000)}":1}`, 4), 'BAD_NAME'],
  ['deep nesting', safetensorsBytes(`{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`, 0), 'TOO_DEEP'],
  [
    'a tensor twice',
    safetensorsBytes(`{"a":${JSON.stringify(a)},"\\u0061":${JSON.stringify(a)}}`, 4),
    'DUPLICATE_KEY',
  ],
  [
    'a field twice',
    safetensorsBytes('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    'DUPLICATE_KEY',
  ],
  [
    '20,001 tensors',
    safetensorsBytes(
      many(20_001, (i) => [`${i}`, f32([0], [0, 0])]),
      0,
    ),
    'TOO_MANY_TENSORS',
  ],
  [
    '20,001 tensors with a key in disguise',
    safetensorsBytes(
      `{${Array.from({ length: 20_001 }, (_, i) => `"${i}":{"\\u0064type":"F32","shape":[0],"data_offsets":[0,0]}`).join()}}`,
      0,
    ),
    'TOO_MANY_TENSORS',
  ],
  ['metadata that is a list', safetensorsBytes({ __metadata__: [] }, 0), 'BAD_METADATA'],
  ['metadata that is not strings', safetensorsBytes({ __metadata__: { a: 1 } }, 0), 'BAD_METADATA'],
  [
    'too much metadata',
    safetensorsBytes({ __metadata__: many(501, (i) => [`${i}`, '']) }, 0),
    'BAD_METADATA',
  ],
  ['a huge metadata key', safetensorsBytes({ __metadata__: { ['k'.repeat(257)]: '' } }, 0), 'BAD_METADATA'],
  [
    'a huge metadata value',
    safetensorsBytes({ __metadata__: { a: 'v'.repeat(2 ** 18 + 1) } }, 0),
    'BAD_METADATA',
  ],
  [
    'metadata over 4 MiB',
    safetensorsBytes({ __metadata__: many(17, (i) => [`${i}`, 'v'.repeat(2 ** 18)]) }, 0),
    'BAD_METADATA',
  ],
  ['a control character in a name', safetensorsBytes({ 'a\u0000b': a }, 4), 'BAD_NAME'],
  ['a name of 513 characters', safetensorsBytes({ ['n'.repeat(513)]: a }, 4), 'BAD_NAME'],
  ['an empty name', safetensorsBytes({ '': a }, 4), 'BAD_NAME'],
  ['an unknown dtype', safetensorsBytes({ a: { ...a, dtype: 'F33' } }, 4), 'BAD_DTYPE'],
  ['an inherited dtype', safetensorsBytes({ a: { ...a, dtype: 'constructor' } }, 4), 'BAD_DTYPE'],
  ['a tensor that is a number', safetensorsBytes({ a: 1 }, 4), 'BAD_DTYPE'],
  ['nine dimensions', safetensorsBytes({ a: f32([1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['a negative side', safetensorsBytes({ a: f32([-1], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['half a side', safetensorsBytes({ a: f32([0.5], [0, 4]) }, 4), 'BAD_SHAPE'],
  ['a side over 2^31', safetensorsBytes({ a: f32([2 ** 31 + 1, 0], [0, 0]) }, 0), 'BAD_SHAPE'],
  ['a shape that overflows', safetensorsBytes({ a: f32([2 ** 31, 2 ** 31, 4], [0, 4]) }, 4), 'BAD_OFFSETS'],
  ['offsets as text', safetensorsBytes({ a: f32([1], ['0', '4']) }, 4), 'BAD_OFFSETS'],
  ['offsets as fractions', safetensorsBytes({ a: f32([1], [0.5, 4.5]) }, 8), 'BAD_OFFSETS'],
  [
    'offsets like 1e99',
    safetensorsBytes('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e99]}}', 4),
    'BAD_OFFSETS',
  ],
  ['offsets the wrong way round', safetensorsBytes({ a: f32([0], [4, 0]) }, 4), 'BAD_OFFSETS'],
  ['a tensor beyond the file', safetensorsBytes({ 'a.diff': f32([2], [0, 8]) }, 4), 'BAD_OFFSETS'],
  ['a size that is not the shape’s', safetensorsBytes({ a: f32([1], [0, 8]) }, 8), 'BAD_OFFSETS'],
  [
    'a value of four bits alone',
    safetensorsBytes({ a: { dtype: 'F4', shape: [1], data_offsets: [0, 1] } }, 1),
    'BAD_OFFSETS',
  ],
  ['tensors that overlap', safetensorsBytes({ a, b: f32([1], [2, 6]) }, 6), 'BAD_LAYOUT'],
  ['a gap', safetensorsBytes({ a, b: f32([1], [8, 12]) }, 12), 'BAD_LAYOUT'],
  ['a gap at the beginning', safetensorsBytes({ a: f32([1], [4, 8]) }, 8), 'BAD_LAYOUT'],
  ['bytes after the end', safetensorsBytes({ 'a.diff': a }, 5), 'BAD_LAYOUT'],
];
