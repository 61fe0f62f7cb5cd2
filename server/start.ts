import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { buildClient } from './build-client.ts';
import { dailyLog } from './daily-log.ts';
import { readDotEnv } from './dot-env.ts';
// Only as a type: loading it reads the environment, and a variable that is not usable must be one sentence, not a crash.
import type { Env } from './env.ts';
import { kindsHere } from './jobs/lines.ts';
import { prepare } from './prepare.ts';
import { type Supervised, supervise } from './supervise.ts';

/** npm passes on the Ctrl-C that the terminal already sent to us: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/** What is up, in the order in which it came up; it goes down the other way round. */
const running = new AsyncDisposableStack();
const children: Supervised[] = [];
/** Resolves when somebody asks us to stop, rejects when we cannot go on. */
const end = Promise.withResolvers<void>();

async function start() {
  readDotEnv();
  const { env } = await import('./env.ts');
  const { lock, databaseUrl } = await prepare({ env, running, onDatabaseLost: end.reject });
  await buildClient();
  const address = await startChildren(env, databaseUrl);
  lock.announce(address);
  process.stdout.write(`Isengard is ready: ${address}\n`);
  if (env.ISENGARD_AUTH === 'off') process.stderr.write(OPEN_DOOR);
  sayLinks();
}

/** Links for the first owner: printed when all is up, and later when a server that was started again makes a new one. */
let links: string[] | undefined = [];
const keepLink = (url: string) => (links === undefined ? sayLink(url) : links.push(url));
const sayLink = (url: string) =>
  process.stdout.write(
    `\nIt has no owner yet. Become the owner with this link, once, within an hour:\n\n  ${url}\n\n`,
  );

function sayLinks() {
  for (const url of links ?? []) sayLink(url);
  links = undefined;
}

/** Nothing else tells a machine that everybody may use from one that nobody may. */
const OPEN_DOOR =
  'WARNING: ISENGARD_AUTH=off. Whoever uses this machine, and every program on it, may see and delete everything.\n';

/** A worker for each kind of job: a training that takes its process with it takes no generation along. */
async function startChildren(settings: Env, databaseUrl: string) {
  const { VOLUME_ROOT, LOG_DIR } = settings;
  // glibc gives each decoding thread an arena of its own and keeps it: half of the memory that 500 photos took.
  const env = { MALLOC_ARENA_MAX: '2', ...process.env, VOLUME_ROOT, DATABASE_URL: databaseUrl };
  const child = (
    name: string,
    file: string,
    more: { log: Writable; env?: NodeJS.ProcessEnv; stopSeconds?: number },
  ) =>
    supervise({
      name,
      module: join(import.meta.dirname, file),
      env: { ...env, ...more.env },
      log: more.log,
      ...(more.stopSeconds !== undefined && { stopSeconds: more.stopSeconds }),
      onMessage: (message) => message.type === 'set-up' && keepLink(message.url),
      onGivenUp: (reason) => end.reject(new Error(reason)),
    });
  const server = child('server', 'main.ts', { log: dailyLog(join(LOG_DIR, 'server')) });
  const log = dailyLog(join(LOG_DIR, 'worker'));
  // An engine that does not stop is left behind after STOP_SECONDS, and then there is still something to write down.
  const stopSeconds = settings.STOP_SECONDS + 10;
  const workers = kindsHere(settings).map((kind) =>
    child(`${kind} worker`, 'worker.ts', { log, env: { WORKER_KINDS: kind }, stopSeconds }),
  );
  children.push(server, ...workers);
  running.defer(async () => void (await Promise.all(children.map(({ stop }) => stop()))));
  const [address] = await Promise.all([server.ready, ...workers.map(({ ready }) => ready)]);
  if (address === undefined) throw new Error('The server did not say where it listens.');
  return address;
}

function listenForSignals() {
  let asked: number | undefined;
  const ask = () => {
    asked ??= performance.now();
    end.resolve();
    if (performance.now() - asked > SAME_SIGNAL_MS) killChildren();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, ask);
}

/** Nobody is told when npm dies of kill -9, but we get another parent. Then everything has to be gone within five seconds. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    end.resolve();
    setTimeout(killChildren, 2500).unref();
  }, 500).unref();
}

const killChildren = () => children.forEach((child) => void child.kill());

function complain(error: unknown) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
}

listenForSignals();
stopWithNpm();
// A stop during the start does not wait for the step that is under way: the guardian ends a database that just came up.
await Promise.race([start().then(() => end.promise), end.promise]).catch(complain);
await running.disposeAsync().catch(complain);
process.exit();
