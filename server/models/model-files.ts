import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from '../env.ts';
import { isMissing } from '../storage/missing.ts';
import type { CatalogueModel } from './catalogue.ts';
import { DownloadFailure } from './failure.ts';
import type { RemoteFile } from './hugging-face.ts';

/** ComfyUI lists files by their ending, so it sees no file that is not whole. */
const PART = '.isengard-part';
const MEGABYTE = 1e6;

export type Place = { target: string; part: string };

/** Where ComfyUI has its models; a failure when this worker does not see it. */
async function modelsFolder(): Promise<string> {
  const root = env.COMFYUI_MODELS_DIR;
  const found = root === undefined ? null : await stat(root).catch(() => null);
  if (root !== undefined && found?.isDirectory()) return root;
  throw new DownloadFailure({
    code: 'MODELS_DIR_MISSING',
    message: 'The folder of COMFYUI_MODELS_DIR is not there, as far as the worker sees.',
    advice: 'Mount it, or correct the variable, then try again.',
  });
}

/** The name of the part has the checksum in it, so that what came of another file is never gone on with. */
export async function placeFor(model: CatalogueModel, { sha256 }: RemoteFile): Promise<Place> {
  const folder = join(await modelsFolder(), model.folder);
  await mkdir(folder, { recursive: true }).catch(unwritable);
  const name = `${model.fileName}.${sha256.slice(0, 16)}${PART}`;
  for (const path of await partsOf(model)) if (path !== join(folder, name)) await rm(path, { force: true });
  return { target: join(folder, model.fileName), part: join(folder, name) };
}

/** What came of this model and has not its name yet. */
export async function partsOf({ folder, fileName }: CatalogueModel): Promise<string[]> {
  const root = env.COMFYUI_MODELS_DIR;
  if (root === undefined) return [];
  const names = await readdir(join(root, folder)).catch(() => []);
  return names
    .filter((name) => name.startsWith(`${fileName}.`) && name.endsWith(PART))
    .map((name) => join(root, folder, name));
}

/** Whether the file seems to be there already; a failure when it is another one, because somebody else's is not written over. */
export async function seemsThere({ target }: Place, { bytes }: RemoteFile): Promise<boolean> {
  const found = await sizeOf(target);
  if (found !== null && found !== bytes) throw anotherIsThere();
  return found !== null;
}

/** Reads it to its end: it is this very one, or a failure. */
export async function verifyThere({ target, part }: Place, { sha256 }: RemoteFile, reading: Reading) {
  if ((await hashOf(target, reading)) !== sha256) throw anotherIsThere();
  // A crash while it got its name may have left it with both.
  await rm(part, { force: true });
}

type Reading = { signal: AbortSignal /** Called while it goes on. */; onBytes: () => void };

async function hashOf(path: string, { signal, onBytes }: Reading): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
    onBytes();
  }
  return hash.digest('hex');
}

const anotherIsThere = () =>
  new DownloadFailure({
    code: 'FILE_EXISTS',
    message: 'A file of this name is there already, and it is another one.',
    advice: 'Move it away or delete it, then try again.',
  });

export async function checkSpace({ part }: Place, { bytes }: RemoteFile) {
  const { bavail, bsize } = await statfs(dirname(part));
  const needed = bytes - ((await sizeOf(part)) ?? 0) + env.MIN_FREE_MB * MEGABYTE;
  if (bavail * bsize >= needed) return;
  const [missing, free] = [needed, bavail * bsize].map((size) => (size / 1e9).toFixed(1));
  throw new DownloadFailure({
    code: 'NOT_ENOUGH_SPACE',
    message: `The file needs ${missing} GB of space in the folder of the models, and ${free} GB are free.`,
    advice: 'Free some space, then try again. What came so far is kept.',
  });
}

/** How much of it is there: whoever writes it writes from its start, without a hole. */
export async function partSize({ part }: Place, { bytes }: RemoteFile): Promise<number> {
  const found = (await sizeOf(part)) ?? 0;
  if (found <= bytes) return found;
  await rm(part, { force: true });
  return 0;
}

/**
 * Writes `chunks` into the part from `from` on, and calls `onBytes` after each with how much is there. A worker that lost the job may
 * do so at the same time: it writes the same bytes into the same places, so what is there is never cut off.
 */
export async function writePart(
  { part }: Place,
  { from, chunks, bytes }: { from: number; chunks: AsyncIterable<Uint8Array>; bytes: number },
  onBytes: (there: number) => void,
) {
  const file = await open(part, constants.O_RDWR | constants.O_CREAT).catch(unwritable);
  try {
    let there = from;
    for await (const chunk of chunks) {
      if (there + chunk.length > bytes) throw tooLong();
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, there + written);
        written += bytesWritten;
      }
      there += chunk.length;
      onBytes(there);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

const tooLong = () =>
  new DownloadFailure({
    code: 'SOURCE_UNCLEAR',
    message: 'More came than the source had said that the file has.',
    canRetry: true,
  });

const wrongChecksum = (canRetry: boolean) =>
  new DownloadFailure({
    code: 'WRONG_CHECKSUM',
    message: 'What came is not the file that was to come: its checksum is wrong. It was deleted.',
    advice: 'Try again; if it stays so, the source or something on the way to it changes files.',
    canRetry,
  });

/** Reads the whole part back. A wrong one is deleted. */
export async function verifyPart(
  { part }: Place,
  { sha256 }: RemoteFile,
  { canRetry, ...reading }: Reading & { canRetry: boolean },
) {
  if ((await hashOf(part, reading)) === sha256) return;
  await rm(part, { force: true });
  throw wrongChecksum(canRetry);
}

/** Gives the part its name, over nothing that is there. It may be done again after a crash at any point of it. */
export async function placePart({ target, part }: Place) {
  try {
    // Unlike a rename, it fails when there is something.
    await link(part, target);
  } catch (error) {
    if (isMissing(error) && (await sizeOf(target)) !== null) return;
    if (hasCode(error, 'EEXIST')) {
      if (!(await isSameFile(part, target))) throw anotherIsThere();
    } else if (hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) {
      // A file system without hard links.
      if ((await sizeOf(target)) !== null) throw anotherIsThere();
      await rename(part, target);
    } else throw error;
  }
  await rm(part, { force: true });
  const folder = await open(dirname(target));
  await folder.sync().finally(() => folder.close());
}

const isSameFile = async (...paths: string[]) =>
  new Set((await Promise.all(paths.map((path) => stat(path)))).map(({ dev, ino }) => `${dev} ${ino}`))
    .size === 1;

export const removePart = ({ part }: Place) => rm(part, { force: true });

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function unwritable(error: unknown): never {
  if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
  throw new DownloadFailure({
    code: 'MODELS_DIR_READ_ONLY',
    message: 'The worker may not write into the folder of the models.',
    advice: 'Give its user the right to write there, then try again.',
    cause: error,
  });
}

const hasCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
