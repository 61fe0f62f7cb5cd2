import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '#server/migrate.ts';
import { startPostgres } from '#server/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrator's address of the cluster that all tests share; `createDatabase` gives a test its own database. */
    postgresUrl: string;
  }
}

/** One cluster for the whole run, with a migrated template: a copy of it takes milliseconds. */
export default async function setup({ provide }: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'isengard-tests-'));
  const cluster = await startPostgres({ dataDir: join(folder, 'cluster'), volatile: true });
  const admin = postgres(cluster.url, { max: 1, onnotice: () => {} });
  await admin`create database template_isengard`;
  const template = new URL(cluster.url);
  template.pathname = '/template_isengard';
  await migrate(template.href);
  // Nobody may look into it by mistake: a connection would keep it from being copied.
  await admin`alter database template_isengard with allow_connections false`;
  await admin.end();
  provide('postgresUrl', cluster.url);
  return async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
