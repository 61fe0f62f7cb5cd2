import type { LogLevel, TrainingEvent, TrainingRun, TrainingStage } from '../engine.ts';
import type { EngineFailure } from '../failure.ts';
import { checkpointsIn } from './checkpoints.ts';
import { nanLoss } from './failures.ts';
import type { JobDb } from './job-db.ts';
import { lossLogAt } from './loss-log.ts';
import { type Heard, outputReader } from './output.ts';
import type { Places } from './places.ts';
import { wrongPlace } from './resume.ts';
import { samplesIn } from './samples.ts';
import { isPast, stageOfInfo } from './stages.ts';
import { stepsAfter } from './steps.ts';

/** Lines for a failure to be read from. */
const SAID = 80;
/** So often a trainer may replace a loss that is not a number by 0 before nothing good is expected of it. */
const MAX_NANS = 5;
/** How long a checkpoint waits for the numbers of the steps before it. */
const NUMBERS_MS = 2000;

export type Progress = ReturnType<typeof progressOf>;

/** Turns what a trainer says and writes into events. */
export function progressOf(of: {
  run: TrainingRun;
  places: Places;
  jobDb: JobDb;
  /** Must not come into a log or a failure, whoever printed it. */
  secret: string | undefined;
  tell: (event: TrainingEvent) => void;
}) {
  const { run, places, jobDb, secret, tell } = of;
  const after = run.resumeFrom?.step ?? 0;
  const steps = stepsAfter(after, run.config.steps, tell);
  const lossLog = lossLogAt(places.lossLog);
  const checkpoints = checkpointsIn(places, after);
  const samples = samplesIn(places, run);
  const said: string[] = [];
  const unnumbered: { step: number; path: string; since: number }[] = [];
  let stage: TrainingStage | null = null;
  let info = '';
  let nans = 0;
  let saved = after;
  let isHeld = false;
  let isMisplaced = false;
  let problem: EngineFailure | null = null;
  let heardAt = performance.now();

  function tellStage(now: TrainingStage) {
    if (now === stage || isHeld || isPast(now, stage)) return;
    stage = now;
    tell({ type: 'stage', stage });
  }

  const log = (level: LogLevel, message: string) => tell({ type: 'log', level, message });

  function hear(heard: Heard) {
    switch (heard.type) {
      case 'stage':
        return tellStage(heard.stage);
      case 'step':
        return steps.bar(heard.step);
      case 'log':
        // Where a run has its files is gone when somebody reads of it.
        return log(heard.level, heard.message.replaceAll(`${run.workDir}/`, ''));
      case 'saved':
        return checkpoints.announce(heard.path);
      case 'begun':
      case 'resumed':
        if (heard.after === after) return;
        isMisplaced = true;
        problem ??= wrongPlace(after, heard.after);
        return;
      case 'nan':
        nans += 1;
        if (nans >= MAX_NANS) problem ??= nanLoss(run, steps.known + 1);
    }
  }

  const read = outputReader({ name: places.name, hear });

  function lookAtRow() {
    const row = jobDb.read();
    if (row === null || row.info === info) return;
    info = row.info;
    heardAt = performance.now();
    const now = stageOfInfo(info);
    if (now !== undefined) tellStage(now);
  }

  function lookAtSteps(isLast: boolean) {
    // Those of another place would be told under wrong numbers.
    if (isMisplaced) return;
    const rows = lossLog.read();
    if (rows !== null && rows.length > 0) heardAt = performance.now();
    steps.log(rows);
    if (steps.broken !== null) problem ??= nanLoss(run, steps.broken);
    if (isHeld) return;
    if (isLast) steps.tellAll();
    else steps.tell();
  }

  /** Whoever resumes from a checkpoint forgets the steps after it, so those before it must have been told. */
  async function lookAtCheckpoints(isLast: boolean) {
    const now = performance.now();
    unnumbered.push(...(await checkpoints.look()).map((found) => ({ ...found, since: now })));
    for (let next = unnumbered[0]; next !== undefined && problem === null; next = unnumbered[0]) {
      const { step, path, since } = next;
      const numbered = isHeld ? steps.known : steps.sure;
      if (numbered < step && !isLast && performance.now() - since < NUMBERS_MS) return;
      unnumbered.shift();
      // Nothing could be resumed from it; the LoRA itself is about to come.
      if (step >= run.config.steps) continue;
      steps.tellUpTo(step);
      tell({ type: 'checkpoint', step, path });
      saved = Math.max(saved, step);
    }
  }

  async function lookAtSamples() {
    const { samples: found, givenUp } = await samples.look();
    for (const sample of found) tell(sample);
    for (const file of givenUp) log('warn', `The sample ${file} is not a picture that can be read.`);
  }

  return {
    hear(spoken: string, stream: 'stdout' | 'stderr') {
      heardAt = performance.now();
      const segment = secret ? spoken.replaceAll(secret, '…') : spoken;
      if (segment.trim() !== '') said.push(segment.slice(0, 1000));
      if (said.length > SAID) said.shift();
      read(segment, stream);
    },
    async look({ isLast = false } = {}) {
      lookAtRow();
      lookAtSteps(isLast);
      await lookAtCheckpoints(isLast);
      await lookAtSamples();
    },
    tellStage,
    log,
    steps,
    said,
    /** No step that is done from now on is told, but those before a checkpoint. */
    hold() {
      isHeld = true;
    },
    quietMs: () => performance.now() - heardAt,
    close: () => lossLog.close(),
    get problem() {
      return problem;
    },
    /** The step of the newest checkpoint. */
    get saved() {
      return saved;
    },
  };
}
