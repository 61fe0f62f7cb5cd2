import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent, TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { resume, saveCheckpoint, saveLora } from './checkpoint.ts';
import { type Behaviour, failAt, paceOf } from './faults.ts';
import { checkOutput } from './outputs.ts';
import { readPhoto, SIDE, UnreadablePhoto } from './photos.ts';
import { drawSamples } from './samples.ts';
import { embedCaption } from './text.ts';
import { type Port, serveThread } from './thread-port.ts';
import { createTrainer, type Photo } from './trainer.ts';

export type TrainingInput = { run: TrainingRun; behaviour: Behaviour };

/** Steps that the measured speed is averaged over. */
const SPEED_WINDOW = 20;
const named = (step: number) => `step-${String(step).padStart(6, '0')}`;

serveThread<TrainingInput, TrainingEvent>(async ({ run, behaviour }, port) => {
  const { config, resumeFrom } = run;
  const log = (message: string) => port.tell({ type: 'log', level: 'info', message });
  await port.tell({ type: 'stage', stage: 'preparing' });
  if (run.photos.length === 0)
    throw new EngineFailure({ code: 'NO_PHOTOS', message: 'There is no photo to learn from.' });
  await log(`Learning "${run.triggerWord}" from ${run.photos.length} photos in ${config.steps} steps.`);

  await port.tell({ type: 'stage', stage: 'loading_model' });
  await log(
    `Model: ${SIDE} × ${SIDE} pixels, rank ${config.rank}, alpha ${config.alpha}, ${config.precision}.`,
  );
  await port.tell({ type: 'stage', stage: 'caching' });
  const photos = await cachePhotos(run, port);
  if (port.isAborted()) return;

  const trainer = createTrainer(config, photos);
  const firstStep = (resumeFrom?.step ?? 0) + 1;
  let loss = 0;
  if (resumeFrom !== null) {
    loss = await resume(trainer, resumeFrom);
    await log(`Going on after step ${resumeFrom.step}, loss ${loss.toPrecision(4)}.`);
  }
  await log(
    `Optimizer ${config.optimizer}, learning rate ${config.learningRate}, scheduler ${config.scheduler}.`,
  );
  await port.tell({ type: 'stage', stage: 'training' });

  const kept: string[] = [];
  let savedStep = firstStep - 1;
  const save = async (step: number) => {
    await port.tell({ type: 'stage', stage: 'saving' });
    const path = join(run.workDir, 'checkpoints', `${named(step)}.safetensors`);
    await saveCheckpoint(path, { run, trainer, photos, step }, loss);
    savedStep = step;
    kept.push(path);
    await port.tell({ type: 'checkpoint', step, path });
    await log(`Checkpoint saved at step ${step}.`);
    // Only when the newer one was dealt with may an older one go.
    if (kept.length > config.keepCheckpoints) await port.everythingRead();
    while (kept.length > config.keepCheckpoints) await rm(kept.shift() ?? '', { force: true });
  };

  const times: number[] = [];
  let due = performance.now();
  for (let step = firstStep; step <= config.steps; step++) {
    const outOfMemory = outOfMemoryAt(run);
    await failAt({ behaviour, step, untilAborted: port.untilAborted, outOfMemory });
    const result = port.isAborted() ? null : trainer.step(step, port.isAborted);
    if (result === null) {
      if (step - 1 > savedStep) await save(step - 1);
      return;
    }
    loss = result.loss;
    if (!Number.isFinite(loss)) {
      const advice = `Train with a learning rate below ${config.learningRate}.`;
      throw new EngineFailure({
        code: 'NAN_LOSS',
        message: `The loss is not a number at step ${step}.`,
        advice,
        suggestion: { learningRate: config.learningRate / 2 },
      });
    }
    due = Math.max(due, performance.now() - paceOf(behaviour, step)) + paceOf(behaviour, step);
    await port.pause(Math.max(0, due - performance.now()));
    times.push(performance.now());
    if (times.length > SPEED_WINDOW) times.shift();
    await port.tell({ type: 'step', step, ...result, stepsPerSecond: speedOf(times) });

    const isLast = step === config.steps;
    const isSampled = config.samplePrompts.length > 0 && (isLast || step % config.sampleEvery === 0);
    if (isSampled && !port.isAborted())
      await drawSamples({ run, trainer, photos, step, port, name: named(step) });
    if (step % config.checkpointEvery === 0) await save(step);
    if ((isSampled || step === savedStep) && !isLast && !port.isAborted()) {
      await port.tell({ type: 'stage', stage: 'training' });
    }
  }
  if (port.isAborted()) return;

  await port.tell({ type: 'stage', stage: 'exporting' });
  const path = join(run.workDir, 'lora.safetensors');
  await saveLora(path, { run, trainer, photos, step: config.steps });
  await checkOutput(path, behaviour);
  await log(`Finished with loss ${loss.toPrecision(4)}.`);
  await port.tell({ type: 'finished', path, finalLoss: loss });
});

async function cachePhotos(
  { photos, triggerWord, config }: TrainingRun,
  port: Port<TrainingEvent>,
): Promise<Photo[]> {
  const cached: Photo[] = [];
  for (const { path, caption } of photos) {
    if (port.isAborted()) return cached;
    try {
      cached.push({
        pixels: await readPhoto(path, config.resolution),
        words: embedCaption(caption, triggerWord),
      });
    } catch (error) {
      if (!(error instanceof UnreadablePhoto)) throw error;
      const advice = 'Remove this photo from the character, then train again.';
      throw new EngineFailure({ code: 'UNREADABLE_PHOTO', message: error.message, advice });
    }
  }
  await port.tell({
    type: 'log',
    level: 'info',
    message: `${cached.length} photos read at ${config.resolution} px.`,
  });
  return cached;
}

const speedOf = (times: number[]) =>
  times.length < 2
    ? null
    : (1000 * (times.length - 1)) / Math.max(0.001, (times.at(-1) ?? 0) - (times[0] ?? 0));

/** What helps is what takes the most memory. */
function outOfMemoryAt({ config: { rank, batchSize, resolution } }: TrainingRun) {
  const message = `The engine ran out of memory at rank ${rank}, batch size ${batchSize} and ${resolution} px.`;
  if (batchSize > 1) {
    const half = Math.floor(batchSize / 2);
    return { message, advice: `Train with a batch size of ${half}.`, suggestion: { batchSize: half } };
  }
  const smaller = [768, 512].find((side) => side < resolution);
  const lower = Math.max(4, Math.floor(rank / 2));
  if (smaller === undefined)
    return { message, advice: `Train with a rank of ${lower}.`, suggestion: { rank: lower, alpha: lower } };
  return {
    message,
    advice: `Train at ${smaller} px${lower < rank ? ` or with a rank of ${lower}` : ''}.`,
    suggestion: { resolution: smaller },
  };
}
