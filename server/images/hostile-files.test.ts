import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import {
  apng,
  film,
  gif,
  hollowPng,
  pngChunk,
  riff,
  sayingSize,
  tar,
  withChunks,
  withComment,
  zip,
} from '#tests/hostile-pictures.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { decodersOf } from '#tests/processes.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import {
  filesBelow,
  multipartBody,
  newCharacter,
  postMultipart,
  uploadFields,
  uploadPhotos,
} from '#tests/uploads.ts';
import { env } from '../env.ts';

const api = await startServer();
const characterId = await newCharacter(api, 'hostile');

const latin = (text: string) => Buffer.from(text, 'latin1');
const flat = (width: number, height = width) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } });
const jpeg = await drawPhoto({ seed: 1, width: 128, height: 96 });
const noise = sharp({
  create: {
    width: 128,
    height: 96,
    channels: 3,
    background: 'grey',
    noise: { type: 'gaussian', mean: 128, sigma: 30 },
  },
});
const png = await noise.clone().png().toBuffer();
const webp = await noise.clone().webp().toBuffer();
const avif = await noise.clone().avif({ effort: 0 }).toBuffer();
const wholeGif = await noise.clone().gif().toBuffer();

const REFERENCE = `mutation ($input: UploadReferenceImageInput!) {
  uploadReferenceImage(input: $input) { __typename ... on UserError { code message } }
}`;
async function uploadReference(name: string, bytes: Uint8Array) {
  const files = { 'variables.input.file': { name, bytes } };
  return (await api.upload(REFERENCE, { input: { file: null } }, files)).uploadReferenceImage;
}

/** Whatever came: nothing of it is left, and a photo is taken. */
let photos = 0;
afterEach(async () => {
  await until(
    async () => (await filesBelow(join(env.VOLUME_ROOT, 'cache/tmp'))).length === 0,
    'nothing is left',
  );
  const bytes = await drawPhoto({ seed: 1000 + photos++, width: 96, height: 64 });
  const { results } = await uploadPhotos(api, characterId, [{ name: 'innocent.jpg', bytes }]);
  expect(results[0].__typename).toBe('ImageAccepted');
});

const HTML = '<!DOCTYPE html><html><body><script>alert(1)</script></body></html>';
const bomb = deflateSync(Buffer.alloc(64 * 2 ** 20));
const avifSaying = (offset: number, bytes: string) => {
  const file = Buffer.from(avif);
  latin(bytes).copy(file, offset);
  return file;
};

test.each<[name: string, code: string, says: RegExp, bytes: Buffer]>([
  [
    'drawing.svg',
    'UNSUPPORTED_FORMAT',
    /^SVG/,
    latin('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  ],
  ['drawing.png', 'UNSUPPORTED_FORMAT', /^SVG/, latin('<?xml version="1.0"?>\n<!-- a -->\n<svg />')],
  ['page.html', 'UNSUPPORTED_FORMAT', /^HTML/, latin(HTML)],
  ['page.jpg', 'UNSUPPORTED_FORMAT', /^HTML/, latin(`\xef\xbb\xbf \n<!-- <svg> -->${HTML}`)],
  ['comments.jpg', 'NOT_AN_IMAGE', /not an image/, latin('<!---->'.repeat(150))],
  ['empty.png', 'EMPTY_FILE', /empty/, Buffer.alloc(0)],
  ['one.png', 'NOT_AN_IMAGE', /not an image/, Buffer.alloc(1)],
  ['a.zip', 'UNSUPPORTED_FORMAT', /^ZIP/, zip('a.txt', 'a')],
  ['a.gz', 'UNSUPPORTED_FORMAT', /^gzip/, gzipSync('a')],
  ['a.rar', 'UNSUPPORTED_FORMAT', /^RAR/, latin('Rar!\x1a\x07\x01\0 and more')],
  ['a.7z', 'UNSUPPORTED_FORMAT', /^7z/, latin('7z\xbc\xaf\x27\x1c\0\x04')],
  ['a.tar', 'UNSUPPORTED_FORMAT', /^tar/, tar('a.txt', 'a')],
  ['a.wav', 'UNSUPPORTED_FORMAT', /^WAV/, riff('WAVEfmt ')],
  ['a.avi', 'UNSUPPORTED_FORMAT', /^AVI/, riff('AVI LIST')],
  ['a.webp', 'UNSUPPORTED_FORMAT', /^RIFF/, riff('XXXX')],
  ['a.mp4', 'UNSUPPORTED_FORMAT', /^Video/, film()],
  ['a.pdf', 'UNSUPPORTED_FORMAT', /^PDF/, latin('%PDF-1.7\n')],
  ['zip behind.jpg', 'POLYGLOT', /ZIP/, Buffer.concat([jpeg, zip('A.class', 'cafebabe', jpeg.length)])],
  ['zip behind.png', 'POLYGLOT', /ZIP/, Buffer.concat([png, zip('A.class', 'cafebabe')])],
  ['zip behind.gif', 'POLYGLOT', /ZIP/, Buffer.concat([wholeGif, zip('A.class', 'cafebabe')])],
  [
    'zip and more.jpg',
    'POLYGLOT',
    /ZIP/,
    Buffer.concat([jpeg, zip('A.class', 'x'), Buffer.alloc(60_000, 'comment')]),
  ],
  ['zip inside.jpg', 'POLYGLOT', /ZIP/, withComment(jpeg, zip('A.class', 'cafebabe').toString('latin1'))],
  ['zip inside.png', 'POLYGLOT', /ZIP/, withChunks(png, pngChunk('zzZz', zip('A.class', 'cafebabe')))],
  ['rar behind.jpg', 'POLYGLOT', /RAR/, Buffer.concat([jpeg, latin('Rar!\x1a\x07\0 and more')])],
  ['7z behind.png', 'POLYGLOT', /7z/, Buffer.concat([png, latin('7z\xbc\xaf\x27\x1c\0\x04')])],
  ['pdf inside.jpg', 'POLYGLOT', /PDF/, withComment(jpeg, '%PDF-1.7\n1 0 obj')],
  ['pdf inside.png', 'POLYGLOT', /PDF/, withChunks(png, pngChunk('tEXt', latin('a\0%PDF-1.7')))],
  ['page inside.jpg', 'POLYGLOT', /HTML/, withComment(jpeg, HTML)],
  ['page inside.png', 'POLYGLOT', /HTML/, withChunks(png, pngChunk('tEXt', latin(`Comment\0${HTML}`)))],
  ['page inside.gif', 'POLYGLOT', /HTML/, gif(64, 1, '<script >alert(1)</script>')],
  ['code inside.gif', 'POLYGLOT', /HTML/, gif(64, 1, '<?php system($_GET[0]); ?>')],
  ['phar.jpg', 'POLYGLOT', /PHP/, Buffer.concat([jpeg, latin('<?php __HALT_COMPILER(); ?>\r\n')])],
  ['tar around.jpg', 'POLYGLOT', /tar/, withComment(jpeg, `${' '.repeat(251)}ustar\x0000`)],
  ['cut.jpg', 'DAMAGED', /^The JPEG/, jpeg.subarray(0, jpeg.length * 0.6)],
  ['cut.png', 'DAMAGED', /^The PNG/, png.subarray(0, png.length * 0.6)],
  ['cut.webp', 'DAMAGED', /^The WebP/, webp.subarray(0, webp.length * 0.6)],
  ['cut.avif', 'DAMAGED', /^The AVIF/, avif.subarray(0, avif.length * 0.6)],
  ['cut.gif', 'DAMAGED', /^The GIF/, wholeGif.subarray(0, wholeGif.length * 0.6)],
  ['head.jpg', 'DAMAGED', /^The JPEG/, jpeg.subarray(0, 20)],
  ['head.png', 'DAMAGED', /^The PNG/, png.subarray(0, 20)],
  ['head.webp', 'DAMAGED', /^The WebP/, webp.subarray(0, 16)],
  ['head.avif', 'DAMAGED', /^The AVIF/, avif.subarray(0, 20)],
  ['head.gif', 'DAMAGED', /^The GIF/, wholeGif.subarray(0, 8)],
  ['50,000.png', 'TOO_LARGE_PIXELS', /50000 × 50000/, hollowPng(50_000, 50_000)],
  ['largest.png', 'TOO_LARGE_PIXELS|DAMAGED', /./, hollowPng(0x7fffffff, 0x7fffffff)],
  ['hollow.png', 'DAMAGED', /^The PNG/, hollowPng(8192, 8192)],
  ['65,000.jpg', 'TOO_LARGE_PIXELS', /65000 × 65000/, sayingSize(jpeg, 65_000)],
  ['65,535.gif', 'TOO_SMALL', /1 × 1/, gif(65_535, 1)],
  ['gigabytes.png', 'DAMAGED', /^The PNG/, withChunks(png, pngChunk('IDAT', Buffer.alloc(100), 0x7ffffff0))],
  [
    'gigabytes.webp',
    'DAMAGED',
    /^The WebP/,
    Buffer.concat([webp.subarray(0, 16), latin('\xf0\xff\xff\xff'), webp.subarray(20)]),
  ],
  ['gigabytes.avif', 'DAMAGED', /^The AVIF/, avifSaying(avif.indexOf('meta') - 4, '\x7f\xff\xff\xff')],
  [
    'wide.avif',
    'TOO_LARGE_PIXELS|TOO_SMALL|DAMAGED',
    /./,
    avifSaying(avif.indexOf('ispe') + 8, '\x7f\xff\xff\xff\x7f\xff\xff\xff'),
  ],
])('%s is refused as %s', async (name, code, says, bytes) => {
  const { results } = await uploadPhotos(api, characterId, [{ name, bytes }]);
  expect(results).toEqual([
    {
      __typename: 'ImageRejected',
      fileName: name,
      code: expect.stringMatching(new RegExp(`^(${code})$`)),
      message: expect.stringMatching(says),
    },
  ]);
  const { code: found, message } = results[0];
  expect(await uploadReference(name, bytes)).toEqual({ __typename: 'ImageUnreadable', code: found, message });
});

const jpegAgain = await drawPhoto({ seed: 2, width: 64, height: 64 });
const animation = sharp(Buffer.alloc(64 * 64 * 1000 * 3, 'isengard'), {
  raw: { width: 64, height: 64 * 1000, channels: 3, pageHeight: 64 },
});

test.each<[what: string, bytes: Buffer]>([
  ['a photo with a gain map behind it', Buffer.concat([jpeg, jpegAgain])],
  ['a photo with a film behind it', Buffer.concat([jpeg, film()])],
  [
    'a photo with the notes of a camera behind it',
    Buffer.concat([
      jpeg,
      latin('\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFHk\0\0\0\x01\0\0\0SEFT'),
    ]),
  ],
  [
    'a photo whose pixels look like the end of an archive',
    Buffer.concat([jpeg, latin('PK\x05\x06'), Buffer.alloc(30)]),
  ],
  [
    'a photo that talks of itself in XML',
    withComment(jpeg, '<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>'),
  ],
  ['a PNG of one colour, as large as they may be', await flat(8192).png({ compressionLevel: 1 }).toBuffer()],
  ['a PNG with thousands of frames', apng(png, 5000)],
  ['a GIF with thousands of frames', gif(64, 5000)],
  ['a WebP with a thousand frames', await animation.clone().webp({ effort: 0 }).toBuffer()],
])('%s is a photo', async (name, bytes) => {
  const { results } = await uploadPhotos(api, characterId, [{ name, bytes }]);
  expect(results).toMatchObject([{ __typename: 'ImageAccepted', fileName: name }]);
});

test.each([
  ['text', pngChunk('zTXt', Buffer.concat([latin('Comment\0\0'), bomb]))],
  ['international text', pngChunk('iTXt', Buffer.concat([latin('Comment\0\x01\0\0\0'), bomb]))],
  ['a colour profile', pngChunk('iCCP', Buffer.concat([latin('sRGB\0\0'), bomb]))],
])('%s that unpacks to 64 MB, ten times, is not unpacked into memory', async (_, chunk) => {
  const bytes = withChunks(png, ...Array.from({ length: 10 }, () => chunk));
  const { results } = await uploadPhotos(api, characterId, [{ name: 'bomb.png', bytes }]);
  expect(results).toMatchObject([{ __typename: 'ImageAccepted' }]);
  expect(
    decodersOf(process.pid)
      .map(mostMegabytes)
      .filter((most) => most > 250),
  ).toEqual([]);
});

/** What a process had at most, resident. */
const mostMegabytes = (pid: number) =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

test('a thousand files at once are refused as one', async () => {
  const files = Array.from({ length: 1000 }, (_, i) => ({ name: `${i}.jpg`, bytes: jpeg }));
  expect(await uploadPhotos(api, characterId, files)).toMatchObject({
    __typename: 'TooManyFiles',
    count: 1000,
    limit: 500,
  });
});

test.each([
  ['../../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\win.ini', 'win.ini'],
  ['/etc/cron.d/job.jpg', 'job.jpg'],
  ['photo\u202Egpj.exe', 'photogpj.exe'],
  ['\u2067a\u2069.jpg', 'a.jpg'],
  ['a\u2028b\u2029.jpg', 'ab.jpg'],
  ['..', 'Photo 1'],
  [`a"; filename*=UTF-8''..%2f..%2fa%00%07%1b%5b31mb.jpg; b="c`, 'a[31mb.jpg'],
  ['<img src=x onerror=alert(1)>.jpg', '<img src=x onerror=alert(1)>.jpg'],
  [`${'n'.repeat(10_000)}.jpg`, 'n'.repeat(255)],
])('the name %j is a label', async (name, label) => {
  const before = await filesBelow(join(env.VOLUME_ROOT, 'uploads'));
  const bytes = await drawPhoto({ seed: 5000 + before.length, width: 96, height: 64 });
  const body = multipartBody([...uploadFields(characterId, 1), { name: '0', fileName: name, bytes }]);
  const { results } = (await postMultipart(api, body)).answer.data.uploadImages;
  expect(results).toMatchObject([{ __typename: 'ImageAccepted', fileName: label }]);
  const { sha256, url } = results[0].image;
  const after = await filesBelow(join(env.VOLUME_ROOT, 'uploads'));
  expect(after.filter((path) => !before.includes(path))).toEqual([`${characterId}/${sha256}.jpg`]);
  const { headers } = await fetch(`${api.url}${url}?download`);
  expect(headers.get('content-disposition')).toMatch(
    /^attachment; filename="[^"\\/]*\.jpg"; filename\*=UTF-8''[\w.%~-]+$/,
  );
});

test.each(['a\0.jpg', 'a\u0007.jpg', 'a\r\nX-Header: b.jpg'])(
  'the name %j is none that a request may have',
  async (fileName) => {
    const bytes = await drawPhoto({ seed: 1, width: 96, height: 64 });
    const body = multipartBody([...uploadFields(characterId, 1), { name: '0', fileName, bytes }]);
    const { results } = (await postMultipart(api, body)).answer.data.uploadImages;
    expect(results).toMatchObject([{ __typename: 'ImageRejected', code: 'MISSING' }]);
  },
);
