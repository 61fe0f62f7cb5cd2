import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow } from '../../uploads.ts';
import { lookOf, violationsOf } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { type Lab, startLab } from '../tools/lab.ts';
import { newCharacterWithPhoto, newGeneration, newTraining } from '../tools/work.ts';

/** The checker has to be able to fail: each thing that must hold is broken here once, and seen. */
let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ worker: false });
  const character = await newCharacterWithPhoto(lab);
  const jobs = [await newTraining(lab, character.id, { steps: 60 }), await newGeneration(lab, { count: 2 })];
  const worker = await lab.startWorker();
  for (const { id } of jobs) await lab.watch(id).end();
  worker.kill('SIGTERM');
  await exitOf(worker);
  // One that waits, with nobody to take it.
  await newGeneration(lab);
}, 60_000);
afterAll(() => lab.stop());

test('nothing is wrong where nothing was broken', async () => {
  expect(await violationsOf(lookOf(lab))).toEqual([]);
});

class Undo extends Error {}

/** The violations while `statement` holds, which is undone then. */
async function violationsWith(statement: string): Promise<string> {
  let found: string[] = [];
  const look = async (tx: Sql) => {
    await tx.unsafe(statement);
    found = await violationsOf({ ...lookOf(lab), sql: tx });
    throw new Undo();
  };
  await lab.sql
    .begin((tx) => look(tx as unknown as Sql))
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return found.join('\n');
}

const COPY_OF_MESSAGE = `insert into pgboss.job
  select (jsonb_populate_record(m, jsonb_build_object('id', uuidv7()))).* from pgboss.job m join jobs using (id)`;
const SECOND_END = `with ended as (
    update jobs set last_seq = last_seq + 1 where kind = 'training' returning id, last_seq)
  insert into job_events (job_id, seq, type, data) select id, last_seq, 'state', '{"state": "completed"}' from ended`;
const OPEN_ATTEMPT = `insert into job_attempts (job_id, number, worker_id, host)
  select id, 99, uuidv7(), 'nowhere' from jobs where kind = 'training'`;

test.each([
  ['delete from characters', /was acknowledged and is not there/],
  [`insert into characters (name, trigger_word) values ('Two', 'two')`, /1 more than acknowledged/],
  [`delete from pgboss.job where name like 'generation%'`, /queued.* has 0 messages/],
  [COPY_OF_MESSAGE, /message .* has no job/],
  [`update jobs set state = 'running', attempt = 1 where state = 'queued'`, /runs without a lease/],
  [
    `update jobs set state = 'cancelled', finished_at = now() where state = 'queued'`,
    /has ended and has a message/,
  ],
  [OPEN_ATTEMPT, /1 open attempts/],
  [`update jobs set finished_at = now() + interval '2 days' where kind = 'training'`, /times out of order/],
  ['delete from training_metrics where step = 7', /curve with holes.* missing 7/],
  ['delete from samples where step = 50', /has samples 60\/0 instead of 50\/0,60\/0/],
  ['delete from loras', /has 0 LoRAs/],
  ['delete from outputs where index = 0', /has images 1 of 2/],
  [`delete from job_events where type = 'checkpoint'`, /the history of job .* entries/],
  [SECOND_END, /has 2 ends/],
  [`update checkpoints set sha256 = repeat('0', 64)`, /checkpoints.* is not what its row says/],
])('%s', async (statement, violation) => {
  expect(await violationsWith(statement)).toMatch(violation);
});

async function violationsNow() {
  return (await violationsOf(lookOf(lab))).join('\n');
}

test('a client that misses an event, sees one twice, or sees another', async () => {
  const [watch] = lab.watches;
  if (watch === undefined) throw new Error('Nobody watches.');
  const seen = [...watch.seen];
  const seeing = async (...events: typeof seen) => {
    watch.seen.splice(0, seen.length + 1, ...events);
    return violationsNow();
  };
  expect(await seeing(...seen.toSpliced(3, 1))).toMatch(/saw 5 after 3/);
  expect(await seeing(...seen.toSpliced(3, 0, ...seen.slice(2, 3)))).toMatch(/saw 3 after 3/);
  expect(await seeing(...seen.slice(0, -1))).toMatch(/missed its last 1 events/);
  expect(await seeing(...seen.with(1, { ...seen[1], cursor: '2', __typename: 'OutputAdded' }))).toMatch(
    /OutputAdded at 2/,
  );
  expect(await seeing(...seen)).toBe('');
});

test('a file that is gone, one that nobody knows, and a temporary one that was left', async () => {
  const [key = ''] = await filesBelow(join(lab.volume, 'uploads'));
  const file = join(lab.volume, 'uploads', key);
  await rename(file, `${file}.other`);
  const moved = await violationsNow();
  expect(moved).toMatch(new RegExp(`${key} has a row and is not there`));
  expect(moved).toMatch(new RegExp(`${key}.other has no row`));
  await rename(`${file}.other`, file);

  const leftover = join(lab.volume, 'cache/tmp/leftover');
  await writeFile(leftover, await readFile(file));
  expect(await violationsNow()).toMatch(/leftover is left over/);
  await rm(leftover);
});

test('a process that ended by itself', async () => {
  lab.crashes.push('worker 1 (exit code 7)');
  expect(await violationsNow()).toMatch('worker 1 (exit code 7) ended by itself');
  lab.crashes.pop();
});

test('a process that nobody started', async () => {
  const child = spawn('sleep', ['60'], { env: { ...process.env, VOLUME_ROOT: lab.volume } });
  await once(child, 'spawn');
  expect(await violationsNow()).toMatch(`process ${child.pid} has nobody who started it`);
  child.kill();
  await once(child, 'exit');
  expect(await violationsNow()).toBe('');
});
