import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { TrainingEvent, TrainingRun } from '../engine.ts';
import { samplesOf } from './config.ts';
import type { Places } from './places.ts';

type Sample = Extract<TrainingEvent, { type: 'sample' }>;

/** A picture that cannot be read so many looks after it is complete is given up. */
const TRIES = 20;

/**
 * Finds the sample images that a trainer draws, `<ms>__<step>_<prompt>.<format>`. Older versions write them in place, so one
 * counts when its size has settled and it can be decoded to its end; it is told as a PNG of ours, without what else is in it.
 */
export function samplesIn(places: Places, { config }: TrainingRun) {
  const prompts = samplesOf(config);
  const states = new Map<string, { size: number; tries: number }>();
  const done = new Set<string>();

  async function take(file: string, step: number, promptIndex: number): Promise<Sample | null> {
    const prompt = prompts[promptIndex];
    if (prompt === undefined) return null;
    const from = join(places.samples, file);
    const { size } = await stat(from);
    const { size: before, tries } = states.get(file) ?? { size: -1, tries: 0 };
    states.set(file, { size, tries: tries + (size === before ? 1 : 0) });
    if (size !== before) return null;
    const path = join(places.told, `sample-${step}-${promptIndex}.png`);
    await mkdir(places.told, { recursive: true });
    await sharp(from, { failOn: 'warning', pages: 1 }).toColourspace('srgb').png().toFile(path);
    // Nobody looks at it again, and a long training draws gigabytes.
    await rm(from, { force: true });
    return { type: 'sample', step, promptIndex, ...prompt, path };
  }

  return {
    /** Those that are new and complete; `givenUp` are files that never became pictures. */
    async look(): Promise<{ samples: Sample[]; givenUp: string[] }> {
      const samples: Sample[] = [];
      const givenUp: string[] = [];
      for (const file of (await readdir(places.samples).catch(() => [])).sort()) {
        const [, step, index] = /^\d+__(\d{9})_(\d+)\.(?:jpe?g|png|webp)$/.exec(file) ?? [];
        // Those of step 0 show the base model.
        if (step === undefined || Number(step) === 0 || done.has(file)) continue;
        const sample = await take(file, Number(step), Number(index)).catch(() => null);
        if (sample !== null) samples.push(sample);
        else if ((states.get(file)?.tries ?? 0) >= TRIES) givenUp.push(file);
        else continue;
        done.add(file);
      }
      return { samples, givenUp };
    },
  };
}
