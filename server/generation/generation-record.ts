import { readFile, writeFile } from 'node:fs/promises';
import { type generations, outputs } from '#schema/generation.ts';
import type { GenerationEvent } from '../engines/engine.ts';
import { batch } from '../jobs/batch.ts';
import { elapsedSecondsOf, etaOf } from '../jobs/eta.ts';
import { recordPicture } from '../jobs/made-pictures.ts';
import type { JobRun } from '../jobs/run.ts';
import type { Lora } from '../loras/loras.ts';
import { outputKey, previewKey } from '../storage/keys.ts';
import { withTexts } from '../storage/png-text.ts';
import { asPreview } from '../storage/previews.ts';
import { storage } from '../storage/volume.ts';
import { embeddedParameters } from './embedded-parameters.ts';

type Event<Type extends GenerationEvent['type']> = Extract<GenerationEvent, { type: Type }>;
type Made = {
  generation: typeof generations.$inferSelect;
  loras: { lora: Lora; strength: number }[];
  /** Images that an earlier attempt has made. */
  done: number;
};

const PREVIEW_EVERY_MS = 500;

/** Writes down what a generation engine tells, in its order. Resolves to how many images there are then. */
export async function recordGeneration(run: JobRun, made: Made, events: AsyncIterable<GenerationEvent>) {
  const { job } = run;
  const { steps } = made.generation;
  let done = made.done;
  let previewedAt = 0;
  const startedAt = Date.now();

  const progress = batch<Event<'step' | 'gpu'>>((told) => {
    const newest = told.findLast((event) => event.type === 'step');
    const gpu = told.findLast((event) => event.type === 'gpu')?.gpu ?? null;
    const step = Math.min(job.steps, done * steps + (newest?.step ?? 0));
    const elapsed = (Date.now() - startedAt) / 1000;
    const stepsPerSecond = (step - made.done * steps) / elapsed || null;
    const pace = { step, steps: job.steps, stepsPerSecond };
    const eta = etaOf({ ...pace, elapsedSeconds: elapsedSecondsOf(job) });
    return run.record({
      set: { step, stepsPerSecond },
      events: [{ type: 'progress', data: { ...pace, eta, metrics: [], gpu } }],
    });
  });

  const tell = async (event: Exclude<GenerationEvent, Event<'step' | 'gpu'>>) => {
    switch (event.type) {
      case 'stage':
        return run.record({
          set: { stage: event.stage },
          events: [{ type: 'stage', data: { stage: event.stage } }],
        });
      case 'log':
        return run.record({ logs: [{ level: event.level, message: event.message }] });
      case 'preview':
        if (Date.now() - previewedAt < PREVIEW_EVERY_MS) return;
        previewedAt = Date.now();
        return recordPreview(run, event);
      case 'image':
        done++;
        return recordOutput(run, made, event, done * steps);
    }
  };

  try {
    for await (const event of events) {
      if (event.type === 'step' || event.type === 'gpu') {
        progress.add(event);
        continue;
      }
      await progress.flush();
      await tell(event);
    }
    await progress.flush();
    return done;
  } finally {
    await progress.drop();
  }
}

async function recordPreview(run: JobRun, { index, image }: Event<'preview'>) {
  const jobId = run.job.id;
  const preview = await asPreview(image);
  await run.record({ events: [{ type: 'preview', data: { index, version: Date.now() } }] }, () =>
    storage.write(previewKey({ jobId, index }), preview),
  );
}

async function recordOutput(run: JobRun, made: Made, { index, seed, path }: Event<'image'>, step: number) {
  const jobId = run.job.id;
  await writeFile(path, withTexts(await readFile(path), embeddedParameters({ ...made, index, seed })));
  const record = { set: { step }, events: [{ type: 'output' as const, data: { index } }] };
  await recordPicture(run, { path, key: outputKey({ jobId, index }), ...record }, (tx, picture) =>
    tx.insert(outputs).values({ jobId, index, seed, ...picture }),
  );
}
