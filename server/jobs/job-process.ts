import { readdir, readFile } from 'node:fs/promises';
import { and, eq, inArray } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { isId } from '../errors.ts';
import { identityOf } from '../processes.ts';

/**
 * How a process that works for a job says so: by its environment, which its own children inherit, and which can be read
 * when everything that knew its pid is gone.
 */
const JOB_ID = 'ISENGARD_JOB_ID';
const ATTEMPT = 'ISENGARD_ATTEMPT';
/** Several installations may run on one machine; none of them judges the processes of another. */
const VOLUME = 'ISENGARD_VOLUME';

export type JobProcess = { jobId: string; attempt: number };

/** What an engine adds to the environment of each process that it starts. */
export const jobProcessEnv = ({ jobId, attempt }: JobProcess, volumeRoot: string) => ({
  [JOB_ID]: jobId,
  [ATTEMPT]: String(attempt),
  [VOLUME]: volumeRoot,
});

/** For whom a process with this environment works; null when for no job of our installation. */
function jobProcessOf(variables: Map<string, string>): JobProcess | null {
  const jobId = variables.get(JOB_ID);
  if (jobId === undefined || variables.get(VOLUME) !== env.VOLUME_ROOT) return null;
  return { jobId, attempt: Number(variables.get(ATTEMPT)) };
}

/** `identity` tells it from a later one with the same pid. */
export type Running = JobProcess & { pid: number; identity: string };

/** Of this machine, and of our user: the environment of others is theirs. Linux only; elsewhere there is nothing to read. */
async function runningProcesses(): Promise<Running[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: Running[] = [];
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const of = jobProcessOf(variablesOf(text));
    const identity = of && identityOf(pid);
    if (of && identity !== undefined && identity !== null) found.push({ ...of, pid, identity });
  }
  return found;
}

function variablesOf(environ: string) {
  const pairs = environ.split('\0').filter((pair) => pair.includes('='));
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Those on this machine that work for an attempt which is not under way (any more). */
export async function processesWithoutLease(): Promise<Running[]> {
  const processes = await runningProcesses();
  const ids = [...new Set(processes.map(({ jobId }) => jobId).filter(isId))];
  if (processes.length === 0) return [];
  const running = await db
    .select({ id: jobs.id, attempt: jobs.attempt })
    .from(jobs)
    .where(and(inArray(jobs.id, ids), eq(jobs.state, 'running')));
  const rightful = new Set(running.map(({ id, attempt }) => `${id} ${attempt}`));
  return processes.filter(({ jobId, attempt }) => !rightful.has(`${jobId} ${attempt}`));
}
