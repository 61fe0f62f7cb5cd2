import { readFile, writeFile } from 'node:fs/promises';
import type { generations } from '#schema/generation.ts';
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
import { addOutput } from './outputs.ts';
import type { PlannedImage } from './planned-images.ts';

type Event<Type extends GenerationEvent['type']> = Extract<GenerationEvent, { type: Type }>;
type Made = {
  generation: typeof generations.$inferSelect;
  /** As they were planned. */
  images: PlannedImage[];
  /** Of the generation, by position. */
  loras: Lora[];
  /** Images that an earlier attempt has made. */
  done: number;
};

const PREVIEW_EVERY_MS = 500;
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);

/** Writes down what a generation engine tells, in its order. Resolves to how many images there are then. */
export async function recordGeneration(run: JobRun, made: Made, events: AsyncIterable<GenerationEvent>) {
  const { job } = run;
  const { steps } = made.generation;
  let done = made.done;
  // An engine may make several images at once: each has its own step, and all of them count.
  const stepOf = new Map<number, number>();
  const stepNow = () => Math.min(job.steps, made.done * steps + sum(stepOf.values()));
  const reach = ({ index, step }: Event<'step'>) =>
    // One that has to be begun again does not go back.
    stepOf.set(index, Math.max(stepOf.get(index) ?? 0, Math.min(steps, step)));
  const previewedAt = new Map<number, number>();
  const startedAt = Date.now();

  const progress = batch<Event<'step' | 'gpu'>>((told) => {
    for (const event of told) if (event.type === 'step') reach(event);
    const gpu = told.findLast((event) => event.type === 'gpu')?.gpu ?? null;
    const step = stepNow();
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
        if (Date.now() - (previewedAt.get(event.index) ?? 0) < PREVIEW_EVERY_MS) return;
        previewedAt.set(event.index, Date.now());
        return recordPreview(run, event);
      case 'image':
        done++;
        stepOf.set(event.index, steps);
        return recordOutput(run, made, event, stepNow());
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
  const preview = await asPreview(image).catch(() => null);
  // One that is broken is left out: the next one may be whole, and the image does not depend on it.
  if (preview === null) return;
  await run.record({ events: [{ type: 'preview', data: { index, version: Date.now() } }] }, () =>
    storage.write(previewKey({ jobId, index }), preview),
  );
}

async function recordOutput(run: JobRun, made: Made, { index, seed, path }: Event<'image'>, step: number) {
  const jobId = run.job.id;
  const planned = made.images.find((image) => image.index === index);
  if (planned === undefined) throw new Error(`The engine made image ${index}, which nobody asked for.`);
  const texts = embeddedParameters({ ...made, image: { ...planned, seed } });
  await writeFile(path, withTexts(await readFile(path), texts));
  const record = { set: { step }, events: [{ type: 'output' as const, data: { index } }] };
  await recordPicture(run, { path, key: outputKey({ jobId, index }), ...record }, (tx, picture) =>
    addOutput(tx, { jobId, characterId: run.job.characterId, index, seed, ...picture }),
  );
}
