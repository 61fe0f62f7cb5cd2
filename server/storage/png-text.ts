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

// Signature (8 bytes), then IHDR: length, type, 13 bytes of data, CRC. It must come first, so we stand behind it.
const AFTER_HEADER = 8 + 4 + 4 + 13 + 4;

/** The same picture with texts in it, by keyword (1 to 79 Latin-1 characters). */
export function withTexts(png: Buffer, texts: Record<string, string>): Buffer {
  if (png.toString('latin1', 12, 16) !== 'IHDR') throw new Error('This is not a PNG.');
  const chunks = Object.entries(texts).map(([keyword, text]) => internationalText(keyword, text));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)]);
}
