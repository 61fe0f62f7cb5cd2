import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { GenerationToggles } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { mapReferences } from '../references.ts';
import type { ComfyHttp } from './http.ts';

type Size = { width: number; height: number };
type Fitted = { name: string; png: Buffer };

/**
 * The pictures that a generation refers to, as ComfyUI gets them: upright, without metadata, filling width × height, as PNGs named
 * by what is in them. Their bytes never reach it as they were.
 */
export function fitReferences(toggles: GenerationToggles<string>, size: Size) {
  const made = new Map<string, Promise<Fitted>>();
  return mapReferences(toggles, (path, isMask) => {
    const key = `${isMask} ${path}`;
    const known = made.get(key) ?? fitTo(path, size, isMask);
    made.set(key, known);
    return known;
  });
}

async function fitTo(path: string, { width, height }: Size, isMask: boolean): Promise<Fitted> {
  try {
    const upright = sharp(path, { failOn: 'error', pages: 1 })
      .rotate()
      .flatten({ background: isMask ? 'black' : 'white' })
      .resize(width, height, { fit: 'cover' });
    const png = await (isMask ? upright.toColourspace('b-w') : upright.toColourspace('srgb'))
      .png()
      .toBuffer();
    return { name: `${createHash('sha256').update(png).digest('hex')}.png`, png };
  } catch {
    throw new EngineFailure({
      code: 'INVALID_REFERENCE',
      message: 'A reference image cannot be read.',
      advice: 'Choose another reference image.',
    });
  }
}

/** The same toggles with the names by which one ComfyUI knows the pictures. */
export function uploadReferences(http: ComfyHttp, toggles: GenerationToggles<Fitted>) {
  const uploaded = new Map<string, Promise<string>>();
  return mapReferences(toggles, ({ name, png }) => {
    const known = uploaded.get(name) ?? http.uploadPicture(png, name);
    uploaded.set(name, known);
    return known;
  });
}
