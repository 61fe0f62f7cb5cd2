import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { env } from '../env.ts';
import { allDone, madeStudio, putFile } from '../maintenance/testing.ts';
import { startPostgres } from '../postgres.ts';

const DOCTOR = join(import.meta.dirname, 'doctor.ts');
const api = await startServer({ worker: true });
const volume = env.VOLUME_ROOT;

/** As a process, the way people run it. */
const doctor = (args: string[] = [], variables: Record<string, string | undefined> = {}) =>
  new Promise<{ code: number; output: string; complaint: string }>((resolve) => {
    const environment = { ...process.env, LOG_LEVEL: 'info', ...variables };
    const child = execFile(
      process.execPath,
      [DOCTOR, ...args],
      { env: environment },
      (_, output, complaint) => resolve({ code: child.exitCode ?? -1, output, complaint }),
    );
  });

test('says what it looked at, what it found and what to do, by its exit code too', async () => {
  await madeStudio(api);
  await allDone();
  const well = await doctor(['--hashes']);
  expect(well).toMatchObject({ code: 0, complaint: '' });
  expect(well.output).toMatch(/Looked at\n.*jobs.*\n.*messages.*\n +8 {2}rows.*\n +19 {2}files/);
  expect(well.output).toContain('Everything agrees.');

  await putFile(volume, 'outputs/orphan', 25);
  const ill = await doctor();
  expect(ill).toMatchObject({ code: 1, complaint: '' });
  expect(ill.output).toMatch(/ 1 {2}Files without a row\n.*→ .*--quarantine\.\n.*outputs\/orphan\.\n/);
  expect(ill.output).not.toContain('{');
  // What it found is also there for those who ask the API.
  const NEWEST = '{ consistencyCheck { inconsistencies { edges { node { kind subject } } } } }';
  expect((await api.graphql(NEWEST)).consistencyCheck.inconsistencies.edges).toEqual([
    { node: { kind: 'FILE_WITHOUT_ROW', subject: 'outputs/orphan' } },
  ]);

  const mended = await doctor(['--quarantine']);
  expect(mended.code).toBe(1);
  expect(mended.output).toMatch(/Moved to cache\/quarantine\/[\d-]+\/outputs\/orphan\n1 file was moved/);
  expect((await doctor()).code).toBe(0);
}, 90_000);

test('says why it cannot look', async () => {
  expect(await doctor([], { VOLUME_ROOT: '/nowhere/at/all' })).toMatchObject({ code: 2, output: '' });
  expect((await doctor(['--everything'])).complaint).toContain('Usage: npm run doctor');
  const away = await doctor([], { DATABASE_URL: 'postgres://127.0.0.1:1/isengard' });
  expect(away).toMatchObject({ code: 2, complaint: 'Cannot look: connect ECONNREFUSED 127.0.0.1:1\n' });
});

test('finds the embedded database by its volume', async () => {
  const own = await mkdtemp(join(tmpdir(), 'isengard-doctor-'));
  // Set to nothing, which `.env` leaves alone.
  const variables = { VOLUME_ROOT: own, DATABASE_URL: '' };
  try {
    const idle = await doctor([], variables);
    expect(idle.code).toBe(2);
    expect(idle.complaint).toMatch(/^No database runs on the volume .*npm start/);
    const postgres = await startPostgres({ dataDir: join(own, 'postgres', 'cluster'), volatile: true });
    const empty = await doctor([], variables);
    await postgres.stop();
    expect(empty.complaint).toBe(
      'Cannot look: this database was never used by this version of Isengard. Start it once.\n',
    );
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});
