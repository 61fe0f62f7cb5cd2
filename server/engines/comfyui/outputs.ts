import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { kindOf } from '../../storage/picture-kinds.ts';
import { withoutTexts } from '../../storage/png-text.ts';
import { EngineFailure } from '../failure.ts';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import type { ComfyHttp } from './http.ts';
import type { OutputFile } from './prompt-state.ts';

const missing = (what: string) =>
  new EngineFailure({
    code: 'OUTPUT_MISSING',
    message: `ComfyUI says that the image is made, but ${what}`,
    advice:
      'Look whether its disk is full and whether something removes files from its output folder, then try again.',
    canRetry: true,
  });

export const isMissing = (error: unknown): error is EngineFailure =>
  error instanceof EngineFailure && error.code === 'OUTPUT_MISSING';

/**
 * Fetches the one image of a prompt and looks at all of it before it counts: it is a PNG, whole, and of the size that was asked for.
 * The graph that ComfyUI writes into it is taken out unless it is wanted: it names files and holds the prompt.
 */
export async function fetchOutput(of: {
  http: ComfyHttp;
  signal: AbortSignal;
  files: OutputFile[];
  size: { width: number; height: number };
  keepsGraph: boolean;
  path: string;
}): Promise<void> {
  const { http, signal, files, size, keepsGraph, path } = of;
  const [file] = files;
  if (file === undefined) throw missing('it names no file.');
  const png = await download(http, file, signal);
  await check(png, size);
  await writeFile(path, keepsGraph ? png : withoutTexts(png));
}

const TRIES = 3;

async function download(http: ComfyHttp, file: OutputFile, signal: AbortSignal): Promise<Buffer> {
  for (let tries = 1; ; tries++) {
    try {
      return await http.view(file);
    } catch (error) {
      if (error instanceof UnexpectedAnswer && error.status === 404) throw missing('the file is not there.');
      const isPassing = error instanceof Unreachable || error instanceof UnexpectedAnswer;
      if (!isPassing || tries === TRIES) throw error;
      await pause(300 * tries, undefined, { signal });
    }
  }
}

async function check(png: Buffer, size: { width: number; height: number }) {
  if (kindOf(png)?.name !== 'PNG') throw missing('the file is no PNG.');
  try {
    const picture = sharp(png, { failOn: 'warning' });
    const { width, height } = await picture.metadata();
    if (width !== size.width || height !== size.height)
      throw missing(`it has ${width} × ${height} pixels instead of ${size.width} × ${size.height}.`);
    // Reads every row and keeps next to nothing.
    await picture.resize(8, 8, { fit: 'fill', kernel: 'nearest' }).raw().toBuffer();
  } catch (error) {
    throw error instanceof EngineFailure ? error : missing('the file is damaged or incomplete.');
  }
}
