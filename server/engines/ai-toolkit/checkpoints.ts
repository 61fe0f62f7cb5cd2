import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidSafetensors, readSafetensorsHeader } from '../../storage/safetensors.ts';
import type { Places } from './places.ts';

/** The step that AI-Toolkit wrote into a file; null when the file is not complete, or not one of its. */
export async function stepIn(path: string): Promise<number | null> {
  try {
    const { metadata } = await readSafetensorsHeader(path);
    const { step } = JSON.parse(metadata.get('training_info') ?? '{}');
    return Number.isSafeInteger(step) ? step : null;
  } catch (error) {
    if (error instanceof InvalidSafetensors || error instanceof SyntaxError || isGone(error)) return null;
    throw error;
  }
}

const isGone = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

type Checkpoint = { step: number; path: string };

/**
 * Finds the checkpoints that a trainer writes. It writes them in place and removes old ones itself, so each is copied as soon
 * as it is complete: said to be saved, or not changed since the last look, and whole by its own header.
 */
export function checkpointsIn(places: Places, after: number) {
  const sizes = new Map<string, string>();
  const announced = new Set<string>();
  const found = new Set<number>();
  const pattern = new RegExp(`^${places.name}_(\\d{9})\\.safetensors$`);

  async function isSettled(path: string): Promise<boolean> {
    const { size, mtimeMs } = await stat(path);
    const state = `${size} ${mtimeMs}`;
    const isUnchanged = sizes.get(path) === state;
    sizes.set(path, state);
    return isUnchanged || announced.has(path);
  }

  async function take(step: number): Promise<Checkpoint | null> {
    const path = places.checkpoint(step);
    const copy = join(places.told, `checkpoint-${step}.safetensors`);
    try {
      if (!(await isSettled(path))) return null;
      await mkdir(places.told, { recursive: true });
      await copyFile(path, copy, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
    // The copy is what counts: the other may be written a second time while it is copied.
    if ((await stepIn(copy)) === step) return { step, path: copy };
    await rm(copy, { force: true });
    return null;
  }

  return {
    announce: (path: string) => void announced.add(path),
    /** Those that are new and complete, in their order. */
    async look(): Promise<Checkpoint[]> {
      const names = await readdir(places.output).catch(() => []);
      const steps = names
        .flatMap((name) => pattern.exec(name)?.[1] ?? [])
        .map(Number)
        .filter((step) => step > after && !found.has(step))
        .sort((a, b) => a - b);
      const taken: Checkpoint[] = [];
      for (const step of steps) {
        const checkpoint = await take(step);
        if (checkpoint === null) continue;
        found.add(step);
        taken.push(checkpoint);
      }
      return taken;
    },
  };
}
