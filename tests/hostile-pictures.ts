import { crc32, deflateSync } from 'node:zlib';

/** Files to attack decoders with, made byte by byte: no honest program writes them. */

const latin = (text: string) => Buffer.from(text, 'latin1');

function u16(value: number) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
function u32(value: number, order: 'BE' | 'LE' = 'LE') {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

/** An archive with one entry, stored. `offset` is where it will stand in another file, as a self-extracting one does. */
export function zip(name: string, text: string, offset = 0): Buffer {
  const data = latin(text);
  const facts = [u16(0), u16(0), u16(0), u16(0), u32(crc32(data)), u32(data.length), u32(data.length)];
  const local = Buffer.concat([
    latin('PK\x03\x04'),
    u16(20),
    ...facts,
    u16(name.length),
    u16(0),
    latin(name),
    data,
  ]);
  const central = Buffer.concat([
    latin('PK\x01\x02'),
    u16(20),
    u16(20),
    ...facts,
    u16(name.length),
    Buffer.alloc(12),
    u32(offset),
    latin(name),
  ]);
  const end = [u16(0), u16(0), u16(1), u16(1), u32(central.length), u32(offset + local.length), u16(0)];
  return Buffer.concat([local, central, latin('PK\x05\x06'), ...end]);
}

/** One file, as `tar` writes it. */
export function tar(name: string, text: string): Buffer {
  const block = Buffer.alloc(1024);
  block.write(name, 0);
  block.write(text.length.toString(8).padStart(11, '0'), 124);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(text, 512);
  return block;
}

export function pngChunk(type: string, data: Uint8Array, declared = data.length): Buffer {
  const typed = Buffer.concat([latin(type), data]);
  return Buffer.concat([u32(declared, 'BE'), typed, u32(crc32(typed), 'BE')]);
}

const PNG_SIGNATURE = latin('\x89PNG\r\n\x1a\n');
const PNG_HEADER_END = PNG_SIGNATURE.length + 25;

const pngHeader = (width: number, height: number) =>
  pngChunk('IHDR', Buffer.concat([u32(width, 'BE'), u32(height, 'BE'), Buffer.from([8, 2, 0, 0, 0])]));

/** A PNG that says that it is so large, and has next to nothing in it. */
export const hollowPng = (width: number, height: number) =>
  Buffer.concat([
    PNG_SIGNATURE,
    pngHeader(width, height),
    pngChunk('IDAT', deflateSync(Buffer.alloc(4096))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);

/** With chunks right behind its header. */
export const withChunks = (png: Buffer, ...chunks: Buffer[]) =>
  Buffer.concat([png.subarray(0, PNG_HEADER_END), ...chunks, png.subarray(PNG_HEADER_END)]);

/** A PNG with an animation of so many frames behind its picture. */
export function apng(png: Buffer, frames: number): Buffer {
  const control = (n: number) =>
    Buffer.concat([
      u32(n, 'BE'),
      u32(1, 'BE'),
      u32(1, 'BE'),
      Buffer.alloc(8),
      Buffer.from([0, 1, 0, 9, 0, 0]),
    ]);
  const pixel = deflateSync(Buffer.alloc(4));
  const later = Array.from({ length: frames }, (_, i) => [
    pngChunk('fcTL', control(2 * i)),
    pngChunk('fdAT', Buffer.concat([u32(2 * i + 1, 'BE'), pixel])),
  ]);
  const animated = withChunks(png, pngChunk('acTL', Buffer.concat([u32(frames, 'BE'), u32(0)])));
  const end = animated.length - 12;
  return Buffer.concat([animated.subarray(0, end), ...later.flat(), animated.subarray(end)]);
}

/** A JPEG with a comment as its first segment. */
export const withComment = (jpeg: Buffer, comment: string) =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 255]),
    latin(comment),
    jpeg.subarray(2),
  ]);

/** The same JPEG, but for the size in its frame header (ITU T.81, B.2.2). */
export function sayingSize(jpeg: Buffer, side: number): Buffer {
  const changed = Buffer.from(jpeg);
  const size = changed.indexOf(Buffer.from([0xff, 0xc0, 0, 17])) + 5;
  changed.writeUInt16BE(side, size);
  changed.writeUInt16BE(side, size + 2);
  return changed;
}

/** A GIF of one colour, with so many frames of one pixel. */
export const gif = (side: number, frames: number, comment = '') =>
  Buffer.concat([
    latin('GIF89a'),
    u16(side),
    u16(side),
    latin('\x80\0\0\0\0\0\xff\xff\xff'),
    comment === ''
      ? Buffer.alloc(0)
      : Buffer.concat([latin(`!\xfe${String.fromCharCode(comment.length)}${comment}`), Buffer.alloc(1)]),
    ...Array.from({ length: frames }, () => latin(',\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0')),
    latin(';'),
  ]);

/** A file in RIFF, of the form that it names. */
export const riff = (form: string, declared = 4096) =>
  Buffer.concat([latin('RIFF'), u32(declared), latin(form), Buffer.alloc(200)]);

/** A film of a phone, as it is put behind a photo. */
export const film = () =>
  Buffer.concat([
    u32(24, 'BE'),
    latin('ftypmp42\0\0\0\0mp42isom'),
    u32(2008, 'BE'),
    latin('mdat'),
    Buffer.alloc(2000, 7),
  ]);
