import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '#tests/database.ts';
import { startGeneration } from '#tests/steps.ts';
import { startStudio } from '#tests/studio.ts';
import { until } from '#tests/until.ts';

const SHIFT_CLOCK = fileURLToPath(new URL('../../tests/faults/tools/shift-clock.ts', import.meta.url));
const DAY_MS = 86_400_000;

let database: TestDatabase;
let sql: postgres.Sql;

beforeAll(async () => {
  database = await createDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const cutListening = () => sql`select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and query ilike 'listen%'`;

test.each([
  { what: 'with its own clock two days ahead', env: shifted(2 * DAY_MS), secondsToCommit: 0 },
  { what: 'with its own clock two days behind', env: shifted(-2 * DAY_MS), secondsToCommit: 0 },
  { what: 'when its last transaction took a minute', env: {}, secondsToCommit: 60 },
])('a server that could not hear the end of a job tells it afterwards, $what', async (given) => {
  await using studio = await startStudio({ databaseUrl: database.url, env: given.env, worker: false });
  const { id } = await startGeneration(studio, { prompt: 'a photo', width: 256, height: 256, steps: 2 });
  const told = new Map<string, string>();
  const watching = (async () => {
    for await (const { jobUpdates } of studio.subscribe('subscription { jobUpdates { id state } }')) {
      told.set(jobUpdates.id, jobUpdates.state);
      if (told.get(id) === 'CANCELLED') return;
    }
  })();
  await until(async () => {
    await sql`select pg_notify('rings', ${`job:${id}`})`;
    return told.has(id);
  }, 'jobs are followed');
  // As if its ring had come while nobody could hear it.
  await sql`update jobs set state = 'cancelled',
    finished_at = now() - make_interval(secs => ${given.secondsToCommit}) where id = ${id}`;
  await cutListening();
  await watching;
  expect(told.get(id)).toBe('CANCELLED');
});

function shifted(ms: number) {
  return { NODE_OPTIONS: `--import ${SHIFT_CLOCK}`, CLOCK_SHIFT_MS: String(ms) };
}
