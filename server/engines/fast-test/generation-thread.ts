import { join } from 'node:path';
import type { GenerationEvent, GenerationImage, GenerationRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { applyControl } from './control.ts';
import { detailFace, upscale } from './detail.ts';
import { dream, type Guide, type Weighted } from './dream.ts';
import { type Behaviour, failAt, paceOf } from './faults.ts';
import { lorasOfImages } from './image-loras.ts';
import { applyInitImage } from './init-image.ts';
import { checkOutput } from './outputs.ts';
import { grain, paint, preview, writePng } from './paint.ts';
import { guideOf } from './reference.ts';
import { type Port, serveThread } from './thread-port.ts';

export type GenerationInput = { run: GenerationRun; behaviour: Behaviour };

/** A step of generation takes this part of a training step's time. */
const PACE = 1 / 4;
const PREVIEW_MS = 250;

serveThread<GenerationInput, GenerationEvent>(async ({ run, behaviour }, port) => {
  const { config, toggles } = run;
  const log = (message: string) => port.tell({ type: 'log', level: 'info', message });
  await port.tell({ type: 'stage', stage: 'preparing' });
  await log(`${run.images.length} images of ${config.width} × ${config.height}, ${config.steps} steps each.`);

  await port.tell({ type: 'stage', stage: 'loading_model' });
  const lorasOf = await lorasOfImages(run.images, log);

  const progress = { step: 0, due: performance.now(), previewedAt: Number.NEGATIVE_INFINITY };
  for (const wanted of run.images) {
    if (port.isAborted()) return;
    const { index, seed } = wanted;
    const loras = lorasOf(wanted);
    const guide = await readable(toggles.ipAdapter, (ipAdapter) => guideOf(ipAdapter, loras));
    await port.tell({ type: 'stage', stage: 'sampling' });
    const picture = await sample({ run, behaviour, port, wanted, loras, guide, progress });
    if (picture === null || port.isAborted()) return;

    await port.tell({ type: 'stage', stage: 'postprocessing' });
    let image = await paint(picture, config);
    await readable(toggles.controlNet, (controlNet) => applyControl(image, controlNet));
    grain(image, seed);
    // The last of them: what is not drawn anew is not touched.
    await readable(toggles.initImage, (initImage) => applyInitImage(image, initImage));
    if (toggles.faceDetailer !== null) image = await detailFace(image, toggles.faceDetailer.denoise);
    if (port.isAborted()) return;
    if (toggles.upscale !== null) image = await upscale(image, toggles.upscale.factor);
    if (port.isAborted()) return;

    await port.tell({ type: 'stage', stage: 'saving' });
    const path = join(run.workDir, `${index}.png`);
    await writePng(path, image);
    await checkOutput(path, behaviour);
    await port.tell({ type: 'image', index, seed, path });
  }
});

/** The last picture of the dream of one image; null when it was aborted. */
async function sample(of: {
  run: GenerationRun;
  behaviour: Behaviour;
  port: Port<GenerationEvent>;
  wanted: GenerationImage;
  loras: Weighted[];
  guide: Guide | null;
  /** Counts on through the whole job. */
  progress: { step: number; due: number; previewedAt: number };
}): Promise<Float32Array | null> {
  const { run, behaviour, port, loras, guide, progress } = of;
  const { index, prompt, negativePrompt, seed } = of.wanted;
  const { config } = run;
  const message = `The engine ran out of memory at ${config.width} × ${config.height}.`;
  const outOfMemory = { message, advice: 'Generate smaller images and upscale them afterwards.' };
  let step = 0;
  let look: (() => Float32Array) | null = null;
  for (const seen of dream({ prompt: { ...config, prompt, negativePrompt }, loras, seed, guide })) {
    step += 1;
    progress.step += 1;
    await failAt({ behaviour, step: progress.step, untilAborted: port.untilAborted, outOfMemory });
    const pace = PACE * paceOf(behaviour, progress.step);
    progress.due = Math.max(progress.due, performance.now() - pace) + pace;
    await port.pause(Math.max(0, progress.due - performance.now()));
    if (port.isAborted()) return null;
    look = seen;
    await port.tell({ type: 'step', index, step, steps: config.steps });
    if (performance.now() - progress.previewedAt < PREVIEW_MS) continue;
    progress.previewedAt = performance.now();
    await port.tell({
      type: 'preview',
      index,
      image: await preview(seen(), config),
      mimeType: 'image/webp',
    });
  }
  return look?.() ?? null;
}

/** What `use` makes of a toggle that is on. A reference that is no picture is the user's to replace. */
async function readable<Toggle extends { reference: string }, Result>(
  toggle: Toggle | null,
  use: (toggle: Toggle) => Promise<Result>,
): Promise<Result | null> {
  if (toggle === null) return null;
  return use(toggle).catch((cause: unknown) => {
    const message = `The reference image cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    throw new EngineFailure({
      code: 'INVALID_REFERENCE',
      message,
      advice: 'Choose another reference image.',
    });
  });
}
