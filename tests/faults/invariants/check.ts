import { processesOf } from '../../processes.ts';
import type { Lab } from '../tools/lab.ts';
import { leftoversOf, orphansOf, rowsHaveTheirFiles } from './files.ts';
import { clientsSawAll, historiesAreWhole } from './history.ts';
import {
  acknowledgedExistOnce,
  attemptsAreWhole,
  jobsAreLedOn,
  messagesHaveJobs,
  timesAreInOrder,
} from './jobs.ts';
import type { Look } from './look.ts';
import { downloadsAreWhole, generationsAreWhole, trainingsAreWhole } from './results.ts';

/** What a fault may leave behind for a while, in number: the sweepers take it when it is old enough. */
export type Allowed = { orphans?: number; leftovers?: number; crashes?: number };
type Options = Allowed & { patienceMs?: number };

const INVARIANTS = [
  acknowledgedExistOnce,
  jobsAreLedOn,
  messagesHaveJobs,
  attemptsAreWhole,
  timesAreInOrder,
  trainingsAreWhole,
  generationsAreWhole,
  downloadsAreWhole,
  historiesAreWhole,
  clientsSawAll,
  rowsHaveTheirFiles,
  noProcessWithoutLease,
];

/** The workers and servers that the lab knows; an engine has no process of its own but while its job runs. */
async function noProcessWithoutLease({ volume, processes }: Look): Promise<string[]> {
  const known = new Set(processes);
  return processesOf(volume)
    .filter((pid) => !known.has(pid))
    .map((pid) => `process ${pid} has nobody who started it`);
}

export async function violationsOf(look: Look, { orphans = 0, leftovers = 0, crashes = 0 }: Allowed = {}) {
  const found = await Promise.all(INVARIANTS.map((invariant) => invariant(look)));
  const forgotten = await orphansOf(look);
  const left = await leftoversOf(look);
  return [
    ...found.flat(),
    ...(look.crashes.length > crashes ? look.crashes.map((one) => `${one} ended by itself`) : []),
    ...(forgotten.length > orphans ? forgotten.map((key) => `${key} has no row`) : []),
    ...(left.length > leftovers ? left.map((name) => `cache/tmp/${name} is left over`) : []),
  ];
}

export const lookOf = ({ sql, volume, ledger, watches, processes, crashes }: Lab): Look => ({
  ...{ sql, volume, ledger, watches, crashes },
  processes: [...processes].flatMap(({ pid }) => pid ?? []),
});

const LOOK_AGAIN_MS = 200;
const PATIENCE_MS = 20_000;

/**
 * What has to hold after every fault. Some of it takes a moment (a lease runs out, a file is removed by a job), so it is looked
 * at again until nothing is wrong or the patience is over.
 */
export const checkInvariants = (lab: Lab, options: Options = {}) => checkLook(() => lookOf(lab), options);

export async function checkLook(look: () => Look, { patienceMs = PATIENCE_MS, ...allowed }: Options = {}) {
  const end = performance.now() + patienceMs;
  for (;;) {
    const violations = await violationsOf(look(), allowed);
    if (violations.length === 0) return;
    if (performance.now() > end) throw new Error(`What must hold does not:\n${violations.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
