import { crc32 } from 'node:zlib';

/** PNG (Third Edition) §11.3.3.4: an iTXt chunk, uncompressed UTF-8, without language. */
function internationalText(keyword: string, text: string): Buffer {
  const data = Buffer.concat([
    Buffer.from(keyword, 'latin1'),
    Buffer.from([0, 0, 0, 0, 0]), // end of keyword, compression flag and method, empty language, empty translation
    Buffer.from(text, 'utf8'),
  ]);
  const typed = Buffer.concat([Buffer.from('iTXt'), data]);
  const chunk = Buffer.alloc(typed.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  typed.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typed), typed.length + 4);
  return chunk;
}

const SIGNATURE = 8;
/** Of a chunk without its data: length, type, CRC. */
const CHUNK = 4 + 4 + 4;
// IHDR has 13 bytes of data. It must come first, so we stand behind it.
const AFTER_HEADER = SIGNATURE + CHUNK + 13;

/** The same picture with texts in it, by keyword (1 to 79 Latin-1 characters). */
export function withTexts(png: Buffer, texts: Record<string, string>): Buffer {
  if (png.toString('latin1', 12, 16) !== 'IHDR') throw new Error('This is not a PNG.');
  const chunks = Object.entries(texts).map(([keyword, text]) => internationalText(keyword, text));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)]);
}

const TEXT_CHUNKS = new Set(['tEXt', 'iTXt', 'zTXt']);

/** The same picture without any text in it. */
export function withoutTexts(png: Buffer): Buffer {
  const kept = [png.subarray(0, SIGNATURE)];
  for (let start = SIGNATURE; start + CHUNK <= png.length; ) {
    const end = start + CHUNK + png.readUInt32BE(start);
    if (!TEXT_CHUNKS.has(png.toString('latin1', start + 4, start + 8))) kept.push(png.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}
