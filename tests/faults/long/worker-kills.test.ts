import { expect } from 'vitest';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { jobOf, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

const PLACES = [
  ['at claim', 'job.claimed'],
  ['at step k', 'job.progress:kill@15'],
  ['after the file of a sample, before its row', 'job.file-kept:kill@3'],
  ['after the result file, before its row', 'job.result-kept'],
  ['before finish', 'job.before-finish'],
] as const;

for (const [place, failpoint] of PLACES)
  fault(5, place, async () => {
    await using lab = await startLab({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
    const character = await newCharacterWithPhoto(lab);
    const training = await newTraining(lab, character.id, { steps: 280 });
    const client = lab.watch(training.id);
    const doomed = await lab.startWorker({ FAILPOINT: failpoint });
    await exitOf(doomed);
    const [{ saved } = { saved: null }] = await lab.sql`select max(step) as saved from checkpoints`;
    await lab.startWorker();
    const events = await client.end();
    expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
    const { attempts } = await jobOf(lab, training.id);
    expect(attempts).toMatchObject([
      { number: 1, outcome: 'LOST', error: { code: 'WORKER_LOST' } },
      { number: 2, outcome: 'COMPLETED' },
    ]);
    const resumed = events.find(({ message }) => message?.startsWith('Going on after step'))?.message;
    if (saved === null) expect(resumed).toBeUndefined();
    else expect(resumed).toMatch(`Going on after step ${saved}`);
    // What the dead worker had among the temporary files.
    await checkInvariants(lab, { leftovers: 1 });
    return saved === null
      ? 'the next worker completes it'
      : `the next goes on after step ${saved}, completes`;
  });
