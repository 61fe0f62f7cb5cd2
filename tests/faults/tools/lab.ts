import postgres from 'postgres';
import { createDatabase } from '../../database.ts';
import { processesOf } from '../../processes.ts';
import { type Studio, startStudio } from '../../studio.ts';
import type { Cluster } from './cluster.ts';
import { atCommits } from './commits.ts';
import { type Ledger, newLedger } from './ledger.ts';
import { type FaultyProxy, startProxy, type Verdict } from './proxy.ts';
import { type JobWatch, watchJob } from './watch-job.ts';

/** A studio that one can do harm to, and what is needed to tell afterwards whether it bore it. */
export type Lab = Studio & {
  /** Straight to the database, past the proxy. */
  sql: postgres.Sql;
  /** Stands between the processes and the database. */
  database: FaultyProxy;
  /** Stands between clients and the first server. */
  clients: FaultyProxy;
  /** Asked at every COMMIT that a process sends. */
  atCommit(judge: () => Verdict): void;
  ledger: Ledger;
  watches: JobWatch[];
  /** Follows a job as a client does that comes back, through `clients`. */
  watch(jobId: string): JobWatch;
};

type Options = { env?: Record<string, string>; worker?: boolean; volume?: string; cluster?: Cluster };

export async function startLab({ cluster, ...options }: Options = {}): Promise<Lab> {
  await using setup = new AsyncDisposableStack();
  const own = cluster === undefined ? await createDatabase() : undefined;
  if (own) setup.defer(own.drop);
  const url = own?.url ?? cluster?.url ?? '';

  const database = setup.use(await startProxy(url));
  const judges = { commit: (): Verdict => 'pass' };
  database.watch(atCommits(() => judges.commit()));
  const env = { FAST_TEST_STEP_MS: '2', LOG_LEVEL: 'fatal', ...options.env };
  const studio = await startStudio({ ...options, env, databaseUrl: database.through(url) });
  setup.defer(async () => {
    // Whatever was cut is whole again, so that stopping is not what fails.
    database.accept();
    database.release();
    await studio.stop();
    const left = processesOf(studio.volume);
    if (left.length > 0) throw new Error(`These processes outlived their workers: ${left.join(', ')}.`);
  });
  const clients = setup.use(await startProxy(studio.url));
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  setup.defer(() => sql.end({ timeout: 5 }));
  const watches: JobWatch[] = [];
  setup.defer(async () => void (await Promise.all(watches.map((one) => one.stop()))));

  const lab = setup.move();
  return {
    ...{ ...studio, sql, database, clients, watches, ledger: newLedger() },
    atCommit(judge) {
      judges.commit = judge;
    },
    watch(jobId) {
      const one = watchJob(clients.through(studio.url), jobId);
      watches.push(one);
      return one;
    },
    stop: () => lab.disposeAsync(),
    [Symbol.asyncDispose]: () => lab.disposeAsync(),
  };
}
