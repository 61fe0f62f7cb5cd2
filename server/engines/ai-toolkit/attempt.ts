import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { TrainingEvent, TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { watchGpu } from '../gpu-stats.ts';
import { configOf } from './config.ts';
import { writeDataset } from './dataset.ts';
import { trainerEnvironment } from './environment.ts';
import { engineMissing, failureOf } from './failures.ts';
import { freeComfyuiMemory } from './free-memory.ts';
import { type Installation, needInstallation } from './installation.ts';
import { createJobDb } from './job-db.ts';
import { type Places, placesOf } from './places.ts';
import { type Progress, progressOf } from './progress.ts';
import { checkResult } from './result.ts';
import { placeCheckpoint } from './resume.ts';
import type { Settings } from './settings.ts';
import { stopTrainer } from './stop.ts';
import { startTrainer, type TrainerProcess } from './trainer-process.ts';

/** What the GPU does is of no interest beside a trainer that hangs, and would pass for a sign of life of it. */
const QUIET_MS = 60_000;

export type Attempt = {
  run: TrainingRun;
  settings: Settings;
  tell: (event: TrainingEvent) => void;
  /** Save and stop. */
  signal: AbortSignal;
  /** Stop at once: nobody reads any more what is told. */
  left: AbortSignal;
};

/** One training with AI-Toolkit, from the preparation to the checked LoRA. No process of it is left when it resolves. */
export async function train(attempt: Attempt) {
  const { run, settings, tell, signal, left } = attempt;
  if (signal.aborted) return;
  const stop = AbortSignal.any([signal, left]);
  tell({ type: 'stage', stage: 'preparing' });
  const installation = needInstallation(settings);
  const places = placesOf(run);
  const config = configOf(run, places);
  // Two large models do not fit into one GPU.
  for (const message of await freeComfyuiMemory(settings.comfyuiUrls, stop))
    tell({ type: 'log', level: 'debug', message });
  await writeDataset(run, places.dataset, stop);
  await placeCheckpoint(run, places);
  await writeFile(places.config, config);
  if (stop.aborted) return;

  await using cleanUp = new AsyncDisposableStack();
  const jobDb = createJobDb(places.jobDb, { id: run.jobId, name: places.name, steps: run.config.steps });
  cleanUp.defer(jobDb.close);
  const secret = settings.environment.HF_TOKEN;
  const progress = progressOf({ run, places, jobDb, secret, tell });
  cleanUp.defer(progress.close);
  const trainer = start(attempt, installation, places, progress);
  cleanUp.defer(trainer.kill);
  const gpu = watchGpu((now) => {
    if (progress.quietMs() < QUIET_MS) tell({ type: 'gpu', gpu: now });
  }, settings.environment);
  cleanUp.defer(gpu.stop);

  await follow(trainer, progress, attempt);
  if (signal.aborted && !left.aborted) await stopTrainer({ trainer, progress, jobDb, settings, left });
  await trainer.kill();
  if (left.aborted) return;
  await lookAtTheRest(progress);
  if (signal.aborted) return;
  if (progress.problem) throw progress.problem;
  await finish(attempt, places, { trainer, progress });
}

function start(
  { run, settings }: Attempt,
  { dir, python }: Installation,
  places: Places,
  progress: Progress,
): TrainerProcess {
  progress.tellStage('loading_model');
  const environment = trainerEnvironment(settings.environment, run);
  return startTrainer({ python, dir, config: places.config, environment, hear: progress.hear });
}

/** Until it ends, has to be ended, or met what it cannot come back from. */
async function follow(trainer: TrainerProcess, progress: Progress, { settings, signal, left }: Attempt) {
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, left, stopped.signal]);
  const ended = trainer.ended.then(
    () => stopped.abort(),
    () => stopped.abort(),
  );
  while (!stop.aborted && progress.problem === null) {
    await pause(settings.lookMs, undefined, { signal: stop }).catch(() => {});
    if (!left.aborted) await progress.look();
  }
  if (stopped.signal.aborted) await ended;
}

/** Files are settled now, so that two looks find all of them. */
async function lookAtTheRest(progress: Progress) {
  for (let i = 0; i < 2; i++) await progress.look({ isLast: i === 1 });
}

async function finish(
  { run, tell }: Attempt,
  places: Places,
  { trainer, progress }: { trainer: TrainerProcess; progress: Progress },
) {
  const ending = await trainer.ended.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineFailure(engineMissing(`Its Python does not start: ${why}.`));
  });
  if (ending.code !== 0) throw failureOf(run, ending, progress.said);
  if (progress.said.some((line) => line.trim() === 'Job stopped'))
    throw failureOf(run, { code: null, signal: 'SIGINT' }, []);
  await checkResult(run, places);
  // The LoRA is that of the last step, so a step that has no numbers by now was left out.
  progress.steps.tellUpTo(run.config.steps);
  const { loss, told } = progress.steps;
  if (loss === null || told < run.config.steps)
    throw new EngineFailure({
      code: 'OUTPUT_MISSING',
      message: `AI-Toolkit ended after step ${told} of ${run.config.steps}.`,
      advice: 'Look into the log of the job for what it said last.',
      canRetry: true,
    });
  progress.tellStage('exporting');
  tell({ type: 'finished', path: places.final, finalLoss: loss });
}
