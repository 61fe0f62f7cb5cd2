import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingRun } from '#server/engines/engine.ts';
import { fastTestTraining } from '#server/engines/fast-test/training.ts';
import { DEFAULT_CONFIG } from '#server/training/presets.ts';
import { realPhotos } from '#tests/pictures.ts';
import { median, ms, type Row, ratioOf } from './measure.ts';

/** Milliseconds that a step is given by default, so that a training lasts as long as one can watch. */
const PACE_MS = 20;
const STEPS = 200;

/** What a step of the fast-test engine costs when nothing slows it down. It has to fit in its pace, with room. */
export async function engine(): Promise<Row[]> {
  process.env.FAST_TEST_STEP_MS = '0';
  const folder = await mkdtemp(join(tmpdir(), 'isengard-bench-engine-'));
  const photos = await Promise.all(
    (await realPhotos()).map(async ({ name, bytes }) => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return { path, caption: null };
    }),
  );
  const rows: Row[] = [];
  for (const rank of [8, 16, 32]) {
    const step = await stepMs({ rank, photos, workDir: folder });
    rows.push({
      name: `fast-test: one training step, rank ${rank}, ${photos.length} photos`,
      measured: ms(step),
      against: `${PACE_MS} ms its pace`,
      ratio: ratioOf(step, PACE_MS),
    });
  }
  await rm(folder, { recursive: true });
  return rows;
}

async function stepMs({ rank, photos, workDir }: { rank: number } & Pick<TrainingRun, 'photos' | 'workDir'>) {
  const config = {
    ...DEFAULT_CONFIG,
    rank,
    alpha: rank,
    steps: STEPS,
    seed: 1,
    samplePrompts: [],
    checkpointEvery: 10_000,
  };
  const run = {
    jobId: 'bench',
    baseModel: 'fast-test',
    triggerWord: 'bench',
    title: 'Bench',
    resumeFrom: null,
    processEnv: {},
    config,
    photos,
    workDir,
  };
  const times: number[] = [];
  let last: number | undefined;
  for await (const event of fastTestTraining.run(run, new AbortController().signal)) {
    if (event.type !== 'step') continue;
    const now = performance.now();
    if (last !== undefined) times.push(now - last);
    last = now;
  }
  return median(times.slice(STEPS / 4));
}
