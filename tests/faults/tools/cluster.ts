import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#server/migrate.ts';
import { startPostgres } from '#server/postgres.ts';
import { until } from '../../until.ts';
import { startProxy } from './proxy.ts';

/** A PostgreSQL for one test, with fsync: what it has acknowledged has to survive its death. */
export type Cluster = AsyncDisposable & {
  /** The same after each start, by a proxy: nobody can keep a port at which nobody listens. */
  url: string;
  /** kill -9 of the postmaster; resolves when it is gone. */
  kill(): Promise<void>;
  /** In order, as for an update of the machine. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function startCluster({ isMigrated = true } = {}): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'isengard-cluster-'));
  const dataDir = join(folder, 'cluster');
  let running = await startPostgres({ dataDir });
  if (isMigrated) await migrate(running.url);
  const proxy = await startProxy(running.url);
  return {
    url: proxy.through(running.url),
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.ended;
      await running.stop();
    },
    stop: () => running.stop(),
    async start() {
      // Those whom the postmaster had started see its death within moments, and use its memory until then.
      running = await until(() => startPostgres({ dataDir }).catch(() => null), 'PostgreSQL starts again');
      proxy.aim(running.url);
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
