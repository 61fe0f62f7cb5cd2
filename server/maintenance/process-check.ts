import { hostname } from 'node:os';
import { processesWithoutLease } from '../jobs/job-process.ts';
import { add, type Finding, type Report } from './report.ts';
import { lookTwice } from './second-look.ts';

async function withoutLease(): Promise<Map<string, Finding>> {
  return new Map(
    (await processesWithoutLease()).map(({ pid, identity, jobId, attempt }) => [
      `${pid} ${identity}`,
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
