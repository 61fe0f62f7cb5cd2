import { log } from '../log.ts';
import { identityOf, isGoneWithin, signal } from '../processes.ts';
import { processesWithoutLease, type Running } from './job-process.ts';

/** A worker that is killed leaves its trainer running, with the GPU's memory. It is found this late at most. */
const EVERY_MS = 15_000;
const GRACE_SECONDS = 5;
const GONE_SECONDS = 2;

/** Ends the processes on this machine that work for nobody any more: those of attempts that were lost, given up or have ended. */
export async function endSurvivors() {
  const survivors = await processesWithoutLease();
  await Promise.all(survivors.map(end));
}

async function end({ pid, identity, jobId, attempt }: Running) {
  // It may have ended since it was seen, and its pid may be somebody else's.
  if (identityOf(pid) !== identity) return;
  log.warn({ pid, jobId, attempt }, 'A process of an attempt that is over still runs; it is ended');
  signal(pid, 'SIGTERM');
  if (await isGoneWithin(GRACE_SECONDS, pid, identity)) return;
  signal(pid, 'SIGKILL');
  // The kernel takes a moment to give back what it had of the GPU.
  await isGoneWithin(GONE_SECONDS, pid, identity);
}

/** The same, for whom it is no reason to fail that they cannot be looked for. */
export const tryToEndSurvivors = () =>
  endSurvivors().catch((error: unknown) =>
    log.warn({ error }, 'Cannot look for processes that are left over'),
  );

/** Looks at once and then again and again, until `stop`. */
export function watchForSurvivors() {
  let looking = tryToEndSurvivors();
  const timer = setInterval(() => {
    looking = looking.then(tryToEndSurvivors);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
