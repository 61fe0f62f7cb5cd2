import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { engineNames } from '../capabilities.ts';
import { db } from '../db.ts';
import { isConnectionLost, isTooBusy } from '../db-errors.ts';
import { healthNow } from '../jobs/engine-health.ts';
import { queuesOf } from '../jobs/lines.ts';
import { log } from '../log.ts';
import { isMigrated } from '../migrate.ts';
import { storage } from '../storage/volume.ts';
import { pathOf } from './path.ts';

/** `/healthz`: the process answers. `/readyz`: it can do its work. For whoever restarts it, and for whoever sends it requests. */
const PATHS = ['/healthz', '/readyz'];
export const isHealthPath = (path: string) => PATHS.includes(path);

const CHECK_MS = 1000;

type Checks = Record<'database' | 'migrations' | 'volume', string>;

export async function serveHealth(req: IncomingMessage, res: ServerResponse) {
  if (req.method !== 'GET' && req.method !== 'HEAD')
    return void res.writeHead(405, { Allow: 'GET, HEAD' }).end();
  if (pathOf(req) === '/healthz') return answer(res, 200, { status: 'alive' });
  const { checks, engines } = await check();
  const isReady = Object.values(checks).every((outcome) => outcome === 'ok');
  answer(res, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks, engines });
}

function answer(res: ServerResponse, status: number, body: object) {
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  res.end(JSON.stringify(body));
}

/** What is told besides: without an engine jobs wait, and the API does all the rest. */
type Engines = Record<string, 'ok' | 'not healthy' | 'unknown'>;

let checking: Promise<{ checks: Checks; engines: Engines }> | undefined;

/** However many ask at once, the database and the disk are asked once. */
function check() {
  checking ??= runChecks().finally(() => {
    checking = undefined;
  });
  return checking;
}

async function runChecks(): Promise<{ checks: Checks; engines: Engines }> {
  const [{ database, migrations }, volume, engines] = await Promise.all([
    checkDatabase(),
    checkVolume(),
    askEngines(),
  ]);
  return { checks: { database, migrations, volume }, engines };
}

/** Of the queues that this mode has. Whoever asks here may be anybody, so it is a word and not their sentence. */
async function askEngines(): Promise<Engines> {
  const told = queuesOf(engineNames, ['training', 'generation']).map(async (queue) => {
    const outcome = await outcomeOf(queue, async () =>
      (await healthNow(queue)).isHealthy ? 'ok' : 'not healthy',
    );
    return [queue, outcome === 'ok' || outcome === 'not healthy' ? outcome : 'unknown'] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

async function checkDatabase() {
  const migrated = await outcomeOf('database', async () =>
    (await isMigrated((text) => db.execute(sql.raw(text))))
      ? 'ok'
      : 'behind: `npm start` of this version brings it up to date',
  );
  const answers = migrated === 'ok' || migrated.startsWith('behind');
  return answers
    ? { database: 'ok', migrations: migrated }
    : { database: migrated, migrations: 'unknown: the database does not answer' };
}

let writing: Promise<string> | undefined;

/** A write to a disk that hangs keeps one of libuv's few threads, so whoever asks next waits for the same one. */
const checkVolume = () =>
  outcomeOf('volume', () => {
    writing ??= tryToWrite().finally(() => {
      writing = undefined;
    });
    return writing;
  });

async function tryToWrite() {
  const { path } = await storage.receive(Readable.from([Buffer.from('ready?')]), { maxBytes: 10 });
  await storage.discard(path);
  return 'ok';
}

/** What went wrong in a few words of ours: the words of others may hold addresses and paths. The log has them. */
async function outcomeOf(name: string, run: () => Promise<string>) {
  const late = new AbortController();
  try {
    const isLate = delay(CHECK_MS, `no answer within ${CHECK_MS} ms`, { signal: late.signal });
    return await Promise.race([run(), isLate]);
  } catch (error) {
    log.warn({ error, check: name }, 'Not ready');
    if (isTooBusy(error)) return 'too busy';
    if (isConnectionLost(error)) return 'unreachable';
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'see the log';
    return `failed (${code})`;
  } finally {
    late.abort();
  }
}
