import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { expect } from 'vitest';
import { buildClient } from '#server/build-client.ts';
import journal from '../../../migrations/meta/_journal.json' with { type: 'json' };
import { startCluster } from '../tools/cluster.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';

const START = fileURLToPath(new URL('../../../server/start.ts', import.meta.url));

/** `npm start` without npm, on a volume of its own. */
async function startProgram(databaseUrl: string, env: Record<string, string> = {}) {
  const volume = await mkdtemp(join(tmpdir(), 'isengard-program-'));
  const child = fork(START, {
    env: { ...process.env, DATABASE_URL: databaseUrl, VOLUME_ROOT: volume, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const complaints: string[] = [];
  child.stderr?.on('data', (said) => complaints.push(String(said)));
  return {
    child,
    ready: () => addressOf(child, complaints),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exitOf(child);
      await rm(volume, { recursive: true, force: true });
    },
  };
}

async function addressOf({ stdout }: ChildProcess, complaints: string[]) {
  if (stdout === null) throw new Error('It has no output.');
  for await (const line of createInterface(stdout)) {
    const [, url] = /^Isengard is ready: (.+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`It ended before it was ready: ${complaints.join('')}`);
}

async function answers(url: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    body: JSON.stringify({
      query: '{ characters { edges { node { id } } } jobs { edges { node { id } } } }',
    }),
    headers: { 'Content-Type': 'application/json' },
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  return errors === undefined;
}

const appliedOf = async (sql: postgres.Sql) =>
  (await sql`select count(*)::int as applied from drizzle.__drizzle_migrations`)[0]?.applied;

fault(23, '', async () => {
  await buildClient();
  await using cluster = await startCluster({ isMigrated: false });
  await using first = await startProgram(cluster.url);
  await using second = await startProgram(cluster.url);
  for (const url of await Promise.all([first.ready(), second.ready()])) expect(await answers(url)).toBe(true);
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  expect(await appliedOf(sql)).toBe(journal.entries.length);
  await sql.end();
  return `each of ${journal.entries.length} migrations is applied once, both serve`;
});

fault(24, '', async () => {
  await buildClient();
  await using cluster = await startCluster({ isMigrated: false });
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  {
    await using doomed = await startProgram(cluster.url, { FAILPOINT: 'migrate.applied:kill' });
    expect(await exitOf(doomed.child)).toEqual([null, 'SIGKILL']);
  }
  const [row] = await sql`select to_regclass('jobs') is null as is_empty`;
  expect(row?.is_empty).toBe(true);
  await using next = await startProgram(cluster.url);
  expect(await answers(await next.ready())).toBe(true);
  expect(await appliedOf(sql)).toBe(journal.entries.length);
  await sql.end();
  return 'nothing of it is there; the next start migrates and serves';
});
