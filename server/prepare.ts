import { join } from 'node:path';
import type { Env } from './env.ts';
import { migrate } from './migrate.ts';
import { keepPostgres } from './postgres-keeper.ts';
import { checkDatabase, checkPort, checkVolume } from './start-checks.ts';
import { lockVolume } from './volume-lock.ts';

type Preparation = {
  env: Env;
  /** What comes up is put on it, and so goes down the other way round. */
  running: AsyncDisposableStack;
  /** It cannot be brought back. */
  onDatabaseLost(error: Error): void;
};

/** What has to stand before a process of ours runs: a volume that is ours alone, a free port, a database of this version. */
export async function prepare({ env, running, onDatabaseLost }: Preparation) {
  checkVolume(env.VOLUME_ROOT);
  const lock = lockVolume(env.VOLUME_ROOT);
  running.defer(() => lock.release());
  await checkPort(env.HOST, env.PORT);
  const databaseUrl = env.DATABASE_URL ?? (await startEmbedded({ env, running, onDatabaseLost }));
  await checkDatabase(databaseUrl);
  await migrate(databaseUrl);
  return { lock, databaseUrl };
}

async function startEmbedded({ env, running, onDatabaseLost }: Preparation) {
  const postgres = await keepPostgres({
    dataDir: join(env.VOLUME_ROOT, 'postgres', 'cluster'),
    onGivenUp: onDatabaseLost,
  });
  running.defer(() => postgres.stop());
  return postgres.url;
}
