import { setTimeout as pause } from 'node:timers/promises';
import type { JobDb } from './job-db.ts';
import type { Progress } from './progress.ts';
import type { Settings } from './settings.ts';
import type { TrainerProcess } from './trainer-process.ts';

/** Shares of the time that there is: to save, to heed an interrupt, to heed a termination. The rest is for who records it. */
const UNTIL = { saved: 0.45, interrupted: 0.7, terminated: 0.8 };

/**
 * Saves and stops. A step, a save and the loading of a model cannot be interrupted by a word, so each comes with a time after
 * which a stronger one is used; the strongest is the caller's, who kills the group whatever became of this.
 */
export async function stopTrainer(of: {
  trainer: TrainerProcess;
  progress: Progress;
  jobDb: JobDb;
  settings: Settings;
  /** Nobody reads any more what is told. */
  left: AbortSignal;
}) {
  const { trainer, progress, jobDb, settings, left } = of;
  const begun = performance.now();
  const isOver = (share: number) =>
    trainer.ending !== null ||
    left.aborted ||
    performance.now() - begun > share * settings.stopSeconds * 1000;

  const rest = async () => {
    await pause(Math.min(settings.lookMs, 50));
    await progress.look();
  };

  progress.hold();
  const { saved } = progress;
  if (progress.steps.known > saved) {
    progress.log('info', 'Saving, then stopping.');
    while (!jobDb.askToSave() && !isOver(UNTIL.saved)) await rest();
    // What it had done before it could see the wish is heard by then.
    await rest();
    const { known } = progress.steps;
    while (!isOver(UNTIL.saved) && progress.saved === saved && !isDeaf(known)) await rest();
  }
  jobDb.askToStop();
  trainer.interrupt();
  while (!isOver(UNTIL.interrupted)) await rest();
  if (trainer.ending === null) trainer.signalGroup('SIGTERM');
  while (!isOver(UNTIL.terminated)) await rest();

  /** After each step it would have looked: an older version, which knows no such wish. */
  function isDeaf(known: number) {
    return progress.steps.known > known + 2 && jobDb.read()?.isSaveAsked === true;
  }
}
