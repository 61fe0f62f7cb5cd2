import { constants } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Metadata } from 'sharp';
import type { TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { plainText } from './plain-text.ts';

/** What AI-Toolkit reads; anything else it passes over in silence. */
const EXTENSIONS: Record<string, string> = { jpeg: 'jpg', png: 'png', webp: 'webp' };

/**
 * A folder of this run alone, because AI-Toolkit writes into it: photos under names of ours, with a caption beside each.
 */
export async function writeDataset({ photos }: TrainingRun, folder: string, signal: AbortSignal) {
  if (photos.length === 0)
    throw new EngineFailure({
      code: 'NO_IMAGES',
      message: 'There are no photos to train with.',
      advice: 'Add photos to the character.',
    });
  await mkdir(folder, { recursive: true });
  for (const [i, { path, caption }] of photos.entries()) {
    if (signal.aborted) return;
    const stem = join(folder, String(i + 1).padStart(4, '0'));
    await writePhoto(path, stem);
    await writeFile(`${stem}.txt`, plainText(caption ?? ''));
  }
}

async function writePhoto(path: string, stem: string) {
  try {
    const metadata = await sharp(path).metadata();
    const extension = isReadAsItIs(metadata) ? EXTENSIONS[metadata.format] : undefined;
    if (extension !== undefined) await linkOrCopy(path, `${stem}.${extension}`);
    else await sharp(path, { pages: 1 }).rotate().toColourspace('srgb').png().toFile(`${stem}.png`);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) throw cause;
    throw new EngineFailure({
      code: 'UNREADABLE_PHOTO',
      message: `The photo ${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      advice: 'Remove this photo from the character, then train again.',
    });
  }
}

/** One picture, upright as it is stored: whether a trainer heeds the orientation is not for us to hope. */
const isReadAsItIs = ({ orientation = 1, pages = 1, space }: Metadata) =>
  orientation === 1 && pages === 1 && space !== 'cmyk';

async function linkOrCopy(from: string, to: string) {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}
