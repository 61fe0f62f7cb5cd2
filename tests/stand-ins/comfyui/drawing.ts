import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';

type Size = { width: number; height: number };

/** A picture that depends on all that led to it, the seed too: equal prints, equal pixels. */
async function draw({ width, height }: Size, print: string) {
  const bytes = createHash('sha256').update(print).digest();
  const colour = (at: number) => ({ r: bytes[at] ?? 0, g: bytes[at + 1] ?? 0, b: bytes[at + 2] ?? 0 });
  const spot = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1), channels: 3 as const };
  const place = { left: (bytes[9] ?? 0) % (width - spot.width + 1), top: 0 };
  return sharp({ create: { width, height, channels: 3, background: colour(0) } }).composite([
    { input: { create: { ...spot, background: colour(3) } }, ...place },
  ]);
}

/** With the graph in a tEXt chunk, as SaveImage writes it: ASCII JSON behind the keyword. */
export async function drawPng(size: Size, print: string, graph: unknown): Promise<Buffer> {
  const png = await (await draw(size, print)).png({ compressionLevel: 1 }).toBuffer();
  const ascii = JSON.stringify(graph).replace(
    /[^\0-\x7f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const typed = Buffer.from(`tEXtprompt\0${ascii}`, 'latin1');
  const chunk = Buffer.alloc(typed.length + 8);
  chunk.writeUInt32BE(typed.length - 4, 0);
  typed.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typed), typed.length + 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** What comes behind the end of a JPEG is not looked at. */
export async function drawPreview(print: string, bytes: number): Promise<Buffer> {
  const jpeg = await (await draw({ width: 64, height: 64 }, print)).jpeg({ quality: 95 }).toBuffer();
  return Buffer.concat([jpeg, Buffer.alloc(Math.max(0, bytes - jpeg.length))]);
}
