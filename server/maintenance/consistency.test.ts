import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { startGeneration, startTraining } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { filesBelow } from '#tests/uploads.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { jobProcessEnv } from '../jobs/job-process.ts';
import { checkConsistency } from './consistency.ts';
import { newCheck } from './report.ts';
import { allDone, checkedBy, madeStudio, putFile, runTask, someWorker } from './testing.ts';

const api = await startServer();
const volume = env.VOLUME_ROOT;
const GENERATION = { prompt: 'a photo', width: 256, height: 256, steps: 2, count: 1 };
const CANCEL = 'mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }';

test('before the first check there is none, and a sound installation has no findings', async () => {
  await using _worker = await someWorker();
  expect(await api.graphql('{ consistencyCheck { id } }')).toEqual({ consistencyCheck: null });
  await madeStudio(api);
  await allDone();
  const { check, found } = await checkedBy(api, { hashes: true });
  expect(found).toEqual([]);
  // Photos, a LoRA, checkpoints, samples, the image; and on the volume the card and thumbnails beside them.
  expect(check).toMatchObject({ jobs: 0, messages: 0, error: null });
  expect(check.rows).toBe(2 + 1 + 2 + 2 + 1);
  expect(check.files).toBe(check.rows + 1 + 2 * (2 + 2 + 1));
  expect(Date.parse(check.finishedAt)).toBeGreaterThanOrEqual(Date.parse(check.startedAt));
});

test('finds rows without files, files without rows, and files that changed', async () => {
  const outputs = (await filesBelow(join(volume, 'outputs'))).map((name) => `outputs/${name}`);
  const loras = (await filesBelow(join(volume, 'loras'))).map((name) => `loras/${name}`);
  const photos = (await filesBelow(join(volume, 'uploads'))).map((name) => `uploads/${name}`);
  const [output = '', checkpoint = '', lora = '', photo = ''] = [
    outputs[0],
    loras.find((key) => key.endsWith('/50.safetensors')),
    loras.find((key) => key.endsWith('/v1.safetensors')),
    photos[0],
  ];
  await using _worker = await someWorker([]);
  await rename(join(volume, output), join(volume, 'cache/output'));
  await appendFile(join(volume, checkpoint), 'x');
  await putFile(volume, 'outputs/orphan', 25);
  await putFile(volume, 'outputs/young', 23);
  const weights = await readFile(join(volume, lora));
  const rotten = Buffer.from(weights);
  rotten.writeUInt8(rotten.readUInt8(rotten.length - 1) ^ 1, rotten.length - 1);
  await writeFile(join(volume, lora), rotten);
  await rm(join(volume, photo));

  const expected = [
    `FILE_CHANGED ${checkpoint}`,
    'FILE_WITHOUT_ROW outputs/orphan',
    `ROW_WITHOUT_FILE ${output}`,
    `ROW_WITHOUT_FILE ${photo}`,
  ];
  const quick = await checkedBy(api);
  expect(quick.kinds).toEqual(expected);
  for (const { message } of quick.found) expect(message).toMatch(/^[A-Z].{20,}\.$/);
  expect((await checkedBy(api, { hashes: true })).kinds).toEqual(
    [`FILE_CHANGED ${lora}`, ...expected].sort(),
  );

  await writeFile(join(volume, lora), weights);
  await rename(join(volume, 'cache/output'), join(volume, output));
  await runTask('orphans');
  expect((await checkedBy(api, { hashes: true })).kinds).toEqual([
    `FILE_CHANGED ${checkpoint}`,
    `ROW_WITHOUT_FILE ${photo}`,
  ]);
});

test('finds where jobs and the queue disagree', async () => {
  await using _worker = await someWorker([]);
  const jobs: Data[] = [];
  for (let i = 0; i < 5; i++) jobs.push(await startGeneration(api, GENERATION));
  const [sound, unheard, ended, unheld, silent] = jobs.map(({ id }) => id);
  const before = new Set((await checkedBy(api)).kinds);
  await db.execute(sql`delete from pgboss.job where id = ${unheard}`);
  await db.execute(sql`update jobs set state = 'cancelled', finished_at = now() where id = ${ended}`);
  await db.execute(sql`update jobs set state = 'running', attempt = 1 where id in (${unheld}, ${silent})`);
  await db.execute(
    sql`update pgboss.job set state = 'active', heartbeat_on = now() - interval '61 seconds', heartbeat_seconds = 3600 where id = ${silent}`,
  );
  // For its first minute a database gives everybody the time to be heard again; this one may be that young.
  const [isUp] = await db.execute(
    sql`select where pg_postmaster_start_time() < now() - interval '61 seconds'`,
  );
  const { check, kinds } = await checkedBy(api);
  expect(check).toMatchObject({ jobs: 4, messages: 4 });
  const ofSilent = `JOB_WITHOUT_LEASE ${silent}`;
  const added = kinds.filter((kind) => !before.has(kind) && (isUp || kind !== ofSilent));
  expect(added).toEqual(
    [
      `JOB_WITHOUT_MESSAGE ${unheard}`,
      `MESSAGE_WITHOUT_JOB ${ended}`,
      `JOB_WITHOUT_LEASE ${unheld}`,
      ...(isUp ? [ofSilent] : []),
    ].sort(),
  );
  await db.execute(sql`delete from pgboss.job where id = ${ended}`);
  await db.execute(sql`delete from jobs where id in (${unheard}, ${unheld}, ${silent})`);
  await db.execute(sql`delete from pgboss.job where id in (${unheld}, ${silent})`);
  await api.graphql(CANCEL, { id: sound });
  expect((await checkedBy(api)).kinds.filter((kind) => !before.has(kind))).toEqual([]);
});

test.runIf(process.platform === 'linux')('finds processes of jobs that do not run', async () => {
  await using _worker = await someWorker([]);
  const { id: jobId } = await startGeneration(api, GENERATION);
  const work = async (attempt: number, root: string) => {
    const env = { ...process.env, ...jobProcessEnv({ jobId, attempt }, root) };
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { env });
    await once(child.stdout, 'data');
    return child;
  };
  const children = [await work(1, volume), await work(2, volume), await work(1, '/another/volume')];
  try {
    const [rightful, stale] = children.map(({ pid }) => `PROCESS_WITHOUT_LEASE ${hostname()}:${pid}`);
    const processes = async () =>
      (await checkedBy(api)).kinds.filter((kind) => kind.startsWith('PROCESS')).sort();
    expect(await processes()).toEqual([rightful, stale].sort());
    await db.execute(sql`update jobs set state = 'running', attempt = 1 where id = ${jobId}`);
    expect(await processes()).toEqual([stale]);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
});

test('jobs that come and go meanwhile are no findings', async () => {
  await db.execute(sql`delete from pgboss.job where name like 'generation.%'`);
  await db.execute(sql`delete from jobs where state in ('queued', 'running')`);
  await using _worker = await someWorker();
  const before = new Set((await checkedBy(api)).kinds);
  const { character } = await madeStudio(api);
  const started = [
    await startTraining(api, character.id, { steps: 200, checkpointEvery: 50, sampleEvery: 10 }),
  ];
  for (let i = 0; i < 6; i++) started.push(await startGeneration(api, GENERATION));
  const STATE = 'query ($id: ID!) { job(id: $id) { state } }';
  const isOpen = async ({ id }: Data) =>
    ['QUEUED', 'RUNNING'].includes((await api.graphql(STATE, { id })).job.state);
  let checks = 0;
  do {
    expect((await checkedBy(api, { hashes: true })).kinds.filter((kind) => !before.has(kind))).toEqual([]);
    checks++;
  } while ((await Promise.all(started.map(isOpen))).some(Boolean));
  expect(checks).toBeGreaterThan(1);
}, 60_000);

const ORDER =
  'mutation { checkConsistency(input: {}) { ... on CheckConsistencySuccess { consistencyCheck { id } } } }';
const ENDED = 'query ($id: ID!) { consistencyCheck(id: $id) { finishedAt error } }';
const orderedCheck = async (): Promise<string> =>
  (await api.graphql(ORDER)).checkConsistency.consistencyCheck.id;
const endOf = async (id: string): Promise<Data> => (await api.graphql(ENDED, { id })).consistencyCheck;

test('one that breaks off says so without a word of the database, and where to look', async () => {
  const id = await orderedCheck();
  const [message] = await db.execute(sql`select id from pgboss.job where name = 'maintenance'`);
  await db.execute(sql`alter table outputs rename to hidden`);
  await using _worker = await someWorker([]);
  await allDone();
  await db.execute(sql`alter table hidden rename to outputs`);
  const { error, finishedAt } = await endOf(id);
  expect(error).toBe(`It broke off; the log says why, under the correlation id ${message?.id}.`);
  expect(finishedAt).not.toBeNull();
});

test('one that two workers come to the end of is kept once', async () => {
  await putFile(volume, 'outputs/left', 25);
  const id = await newCheck();
  const keeping = await Promise.all([checkConsistency(id, {}), checkConsistency(id, {})]);
  await Promise.all(keeping.map((keep) => db.transaction(keep)));
  const [kept] = await db.execute(sql`
    select count(*)::int as count from inconsistencies where check_id = ${id} and subject = 'outputs/left'`);
  expect(kept).toEqual({ count: 1 });
  await rm(join(volume, 'outputs/left'));
});

test('one whose end the database refuses is done again', async () => {
  // A sequence counts on, whatever becomes of its transaction.
  await db.execute(sql`create sequence refusals`);
  await db.execute(sql`create function refuse() returns trigger language plpgsql as $$ begin
    if nextval('refusals') = 1 then raise 'not now'; end if;
    return new;
  end $$`);
  await db.execute(sql`create trigger refuse before update on consistency_checks for each row
    when (new.finished_at is not null) execute function refuse()`);
  const id = await orderedCheck();
  await using _worker = await someWorker([]);
  const { error } = await until(
    async () => {
      const check = await endOf(id);
      return check.finishedAt === null ? null : check;
    },
    'it has ended',
    { seconds: 50 },
  );
  expect(error).toBeNull();
  expect([...(await db.execute(sql`select last_value::int from refusals`))]).toEqual([{ last_value: 2 }]);
  await db.execute(sql`drop function refuse() cascade`);
}, 60_000);

test('asked for under a key, it is one check', async () => {
  const document = `mutation ($key: String) { checkConsistency(input: {}, idempotencyKey: $key) {
    ... on CheckConsistencySuccess { consistencyCheck { id finishedAt inconsistencies { edges { cursor } } } } } }`;
  const first = await api.graphql(document, { key: 'one' });
  expect(await api.graphql(document, { key: 'one' })).toEqual(first);
  const { id, finishedAt } = first.checkConsistency.consistencyCheck;
  expect(finishedAt).toBeNull();
  const BY_ID = 'query ($id: ID!) { consistencyCheck(id: $id) { id finishedAt } }';
  expect(await api.graphql(BY_ID, { id })).toEqual({ consistencyCheck: { id, finishedAt: null } });
  expect(await api.graphql(BY_ID, { id: 'nothing' })).toEqual({ consistencyCheck: null });
  await using _worker = await someWorker([]);
  await allDone();
  expect((await api.graphql(BY_ID, { id })).consistencyCheck.finishedAt).not.toBeNull();
});
