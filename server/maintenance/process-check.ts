import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { and, eq, inArray } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { isId } from '../errors.ts';
import { type JobProcess, jobProcessOf } from '../jobs/job-process.ts';
import { identityOf } from '../processes.ts';
import { add, type Finding, type Report } from './report.ts';
import { lookTwice } from './second-look.ts';

type Running = JobProcess & { pid: number };

/** Of this machine, and of our user: the environment of others is theirs. Linux only; elsewhere there is nothing to read. */
async function jobProcesses(): Promise<Running[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: Running[] = [];
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const of = jobProcessOf(variablesOf(text), env.VOLUME_ROOT);
    if (of !== null) found.push({ ...of, pid });
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

async function withoutLease(): Promise<Map<string, Finding>> {
  const processes = await jobProcesses();
  const ids = processes.map(({ jobId }) => jobId).filter(isId);
  const running = await db
    .select({ id: jobs.id, attempt: jobs.attempt })
    .from(jobs)
    .where(and(inArray(jobs.id, ids), eq(jobs.state, 'running')));
  const rightful = new Set(running.map(({ id, attempt }) => `${id} ${attempt}`));
  return new Map(
    processes
      .filter(({ jobId, attempt }) => !rightful.has(`${jobId} ${attempt}`))
      .map(({ pid, jobId, attempt }) => [
        `${pid} ${identityOf(pid)}`,
        {
          kind: 'process_without_lease',
          subject: `${hostname()}:${pid}`,
          message: `Process ${pid} on ${hostname()} works for attempt ${attempt} of the job ${jobId}, which is not running under it.`,
        },
      ]),
  );
}

export async function checkProcesses(report: Report) {
  for (const finding of await lookTwice(withoutLease)) add(report, finding);
}
