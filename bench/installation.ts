import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '#server/migrate.ts';
import { startPostgres } from '#server/postgres.ts';
import { AUTHORIZATION, admitKey } from './key.ts';
import { type Process, start } from './processes.ts';

/** The product as it runs in production: a durable database of its own, API and worker as processes, a volume on disk. */
export type Installation = {
  url: string;
  sql: postgres.Sql;
  /** What a process of the product needs to join it. */
  env: NodeJS.ProcessEnv;
  graphql<Data>(document: string, variables?: object): Promise<Data>;
  /** Another API process, as old as the benchmark that asks for it. */
  startServer(): Promise<Process>;
  stop(): Promise<void>;
};

export async function startInstallation(): Promise<Installation> {
  const volume = await mkdtemp(join(tmpdir(), 'isengard-bench-'));
  const database = await startDatabase(join(volume, 'postgres', 'cluster'));
  await migrate(database.url);
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  await admitKey(sql);
  const env = {
    DATABASE_URL: database.url,
    VOLUME_ROOT: volume,
    PORT: '0',
    // No account has to be made first; a session costs one look-up by its key.
    ISENGARD_AUTH: 'off',
    LOG_LEVEL: 'warn',
    // What the engine costs is a benchmark of its own; here it only has to be out of the way.
    FAST_TEST_STEP_MS: '0',
    NODE_ENV: 'production',
    // It asks as often as it can, from one address.
    RATE_LIMIT: '0',
    FILE_RATE_LIMIT: '0',
    MAX_SOCKETS: '2000',
    // As `server/start.ts` sets it.
    MALLOC_ARENA_MAX: '2',
  };
  const startServer = () => start('server/main.ts', env);
  const processes = [await startServer(), await start('server/worker.ts', env)];
  const url = processes[0]?.ready.url ?? '';
  return {
    url,
    sql,
    env,
    startServer,
    graphql: (document, variables) => ask(url, document, variables),
    async stop() {
      await Promise.all(processes.map((process) => process.stop()));
      await sql.end();
      await database.stop();
      await rm(volume, { recursive: true, force: true });
    },
  };
}

/** With the time of each commit kept, so that "from commit to commit" is read from one clock: the database's. */
async function startDatabase(dataDir: string) {
  const first = await startPostgres({ dataDir });
  const sql = postgres(first.url, { max: 1 });
  await sql`alter system set track_commit_timestamp = on`;
  await sql.end();
  await first.stop();
  return startPostgres({ dataDir });
}

export async function ask<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...AUTHORIZATION },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
