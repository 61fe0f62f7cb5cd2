import { deflateSync, gzipSync } from 'node:zlib';
import { realPhotos } from '../pictures.ts';
import { multipartBody, UPLOAD_IMAGES, uploadFields } from '../uploads.ts';
import { type Attack, multipart, type Probe, post } from './target.ts';

const photos = await realPhotos();
/** Each time another one, by a byte behind its end, which is no part of the picture. */
let taken = 0;
const photo = () => Buffer.concat([photos[1]?.bytes ?? Buffer.alloc(0), Buffer.from(`${++taken}`)]);
const jpeg = photos[2]?.bytes ?? Buffer.alloc(0);

const file = (bytes: Uint8Array, fileName = 'a.jpg'): Probe =>
  multipart(({ characterId }) =>
    multipartBody([...uploadFields(characterId, 1), { name: '0', fileName, bytes }]),
  );
const twin = (target: Parameters<Probe>[0]) => file(photo())(target);
const ACCEPTED = '200 ImageAccepted';
const REJECTED =
  /^200 (NOT_AN_IMAGE|UNSUPPORTED_FORMAT|DAMAGED|EMPTY_FILE|TOO_LARGE_PIXELS|TOO_LARGE|POLYGLOT|[A-Z_]+)$/;

function pngChunk(type: string, data: Uint8Array) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length);
  body.copy(chunk, 4);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  chunk.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return chunk;
}
const PNG_START = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
function png(width: number, height: number, more: Buffer[] = []) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    PNG_START,
    pngChunk('IHDR', header),
    ...more,
    pngChunk('IDAT', deflateSync(Buffer.alloc(1000))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
const bomb = pngChunk(
  'zTXt',
  Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(100_000_000))]),
);

const HOSTILE: [name: string, bytes: Buffer, fileName?: string][] = [
  ['a file of nothing', Buffer.alloc(0)],
  [
    'SVG with a script',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    'a.svg',
  ],
  ['SVG that is called a photo', Buffer.from('<?xml version="1.0"?><svg onload="alert(1)"/>'), 'a.jpg'],
  ['HTML that is called a photo', Buffer.from('<!doctype html><script>alert(1)</script>'), 'a.png'],
  ['a ZIP', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(500)])],
  ['a gzip', gzipSync(jpeg)],
  ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
  ['a program', Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(500)])],
  [
    'a WAV in RIFF',
    Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(100)]),
    'a.webp',
  ],
  ['a photo without its second half', jpeg.subarray(0, jpeg.length / 2)],
  ['the first bytes of a photo', jpeg.subarray(0, 4)],
  ['a PNG of 50,000 × 50,000', png(50_000, 50_000)],
  ['a PNG of 2^31 × 2^31', png(0x7fffffff, 0x7fffffff)],
  ['a PNG of no size', png(0, 0)],
  ['a PNG whose pixels are missing', png(8000, 8000)],
  ['a PNG with 100 MB of text in 100 kB', png(5000, 5000, [bomb])],
  ['a photo with an archive behind it', Buffer.concat([jpeg, zipWith('a.txt')])],
  [
    'a photo that begins with a script',
    Buffer.concat([
      jpeg.subarray(0, 2),
      Buffer.from('\xff\xfe\x00\x22<script>alert(document.domain)</script>', 'latin1'),
      jpeg.subarray(2),
    ]),
  ],
  ['TIFF', Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.alloc(500)])],
  ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251))],
];

/** An archive with one empty file, by hand: local header, central directory, end of it (PKWARE APPNOTE §4.3). */
function zipWith(name: string) {
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 'latin1');
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 'latin1');
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length, 16);
  return Buffer.concat([local, Buffer.from(name), central, Buffer.from(name), end]);
}

const operations = JSON.stringify({
  query: UPLOAD_IMAGES,
  variables: { input: { characterId: 'x', files: [null] } },
});
const fields = (values: Record<string, string>): Probe =>
  multipart(() =>
    multipartBody([
      ...Object.entries(values).map(([name, value]) => ({ name, value })),
      { name: '0', fileName: 'a.jpg', bytes: jpeg },
    ]),
  );
const MALFORMED = /^400 /;

export const UPLOAD_ATTACKS: Attack[] = [
  ...HOSTILE.map(
    ([name, bytes, fileName]): Attack => ({
      name,
      twin,
      twinIs: ACCEPTED,
      attack: file(bytes, fileName),
      expected: REJECTED,
    }),
  ),
  ...[
    '../../../etc/cron.d/x',
    '..\\..\\x.exe',
    '/etc/passwd',
    'a\0.jpg',
    '\u202egpj.exe',
    'x'.repeat(5000),
  ].map(
    (fileName): Attack => ({
      name: `a photo that is called ${JSON.stringify(fileName).slice(0, 30)}`,
      twin,
      twinIs: ACCEPTED,
      // The name is a label, and so no reason to refuse the photo.
      attack: (target) => file(photo(), fileName)(target),
      expected: /^(200 (ImageAccepted|MISSING)|400 .+)$/,
    }),
  ),
  {
    name: 'an upload without the header that pages cannot send',
    twin,
    twinIs: ACCEPTED,
    attack: multipart(({ characterId }) => multipartBody(uploadFields(characterId, 0)), {
      as: 'owner',
      headers: { 'X-Isengard-Upload': '' },
    }),
    expected: /^(403|400|200) /,
  },
  {
    name: 'an upload of nobody',
    twin,
    twinIs: ACCEPTED,
    attack: multipart(({ characterId }) => multipartBody(uploadFields(characterId, 0)), { as: 'anonymous' }),
    expected: '401 UNAUTHENTICATED',
  },
  {
    name: 'an upload from a page of elsewhere',
    twin,
    twinIs: ACCEPTED,
    attack: multipart(({ characterId }) => multipartBody(uploadFields(characterId, 0)), {
      as: 'owner',
      headers: { Origin: 'https://evil.example' },
    }),
    expected: '403 FOREIGN_ORIGIN',
  },
  {
    name: 'a map before the operations',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ map: '{"0":["variables.input.files.0"]}', operations }),
    expected: MALFORMED,
  },
  {
    name: 'a map of a prototype',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations, map: '{"0":["__proto__.polluted"]}' }),
    expected: /^(400|200) /,
  },
  {
    name: 'a map of the constructor',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations, map: '{"0":["variables.constructor.prototype.x"]}' }),
    expected: /^(400|200) /,
  },
  ...[
    'hasOwnProperty.call',
    'toString.call',
    'variables.input.files.push.apply',
    'variables.input.files.length',
  ].map(
    (path): Attack => ({
      name: `a map of ${path}`,
      twin,
      twinIs: ACCEPTED,
      attack: fields({ operations, map: JSON.stringify({ 0: [path] }) }),
      expected: MALFORMED,
    }),
  ),
  {
    name: 'a map of nothing that is there',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations, map: '{"0":["variables.a.b.c"]}' }),
    expected: /^(400|200) /,
  },
  {
    name: 'operations that are no JSON',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations: '{"query":', map: '{}' }),
    expected: MALFORMED,
  },
  {
    name: 'operations that are a batch',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations: `[${operations},${operations}]`, map: '{}' }),
    expected: MALFORMED,
  },
  {
    name: 'operations of 2 MB',
    twin,
    twinIs: ACCEPTED,
    attack: fields({ operations: `{"query":"${'x'.repeat(2_000_000)}"}`, map: '{}' }),
    expected: /^413 /,
  },
  {
    name: 'a body without an end',
    twin,
    twinIs: ACCEPTED,
    attack: multipart(({ characterId }) =>
      multipartBody([...uploadFields(characterId, 1), { name: '0', fileName: 'a.jpg', bytes: jpeg }], ''),
    ),
    expected: /^(200|400) /,
  },
  {
    name: 'no boundary',
    twin,
    twinIs: ACCEPTED,
    attack: post('x', { headers: { 'Content-Type': 'multipart/form-data', 'X-Isengard-Upload': '1' } }),
    expected: MALFORMED,
  },
  {
    name: '1,000 files',
    twin,
    twinIs: ACCEPTED,
    attack: multipart(({ characterId }) =>
      multipartBody([
        ...uploadFields(characterId, 1000),
        ...Array.from({ length: 1000 }, (_, i) => ({
          name: String(i),
          fileName: 'a.jpg',
          bytes: Buffer.from('x'),
        })),
      ]),
    ),
    expected: '200 TooManyFiles',
  },
  {
    name: 'a file of 25 MB',
    twin,
    twinIs: ACCEPTED,
    attack: file(Buffer.alloc(25 * 2 ** 20, 1)),
    expected: '200 TOO_LARGE',
  },
];
