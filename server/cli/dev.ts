import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import codegen from '../../codegen.ts';
import { readDotEnv } from '../dot-env.ts';
import { prepare } from '../prepare.ts';
import { watchProcess } from './watched-process.ts';

/**
 * `npm run dev`: the product as `npm start` runs it, but from its sources. A change of `server/` or `schema/` restarts
 * server and worker and prints the schema; that, or a change of a document in `client/`, generates its types; Vite shows
 * the rest in the browser at once.
 */
const root = join(import.meta.dirname, '../..');
const running = new AsyncDisposableStack();
const end = Promise.withResolvers<void>();

async function start() {
  readDotEnv();
  const { env } = await import('../env.ts');
  const { lock, databaseUrl } = await prepare({ env, running, onDatabaseLost: end.reject });
  await printSchema();
  await generateTypes();

  const childEnv = { ...process.env, VOLUME_ROOT: env.VOLUME_ROOT, DATABASE_URL: databaseUrl };
  const server = watchProcess('main.ts', childEnv);
  const worker = watchProcess('worker.ts', childEnv);
  running.defer(async () => void (await Promise.all([server.stop(), worker.stop()])));
  onChange(['server', 'schema'], /(?<!\.test)\.ts$/, () => {
    server.restart();
    worker.restart();
    void printSchema();
  });
  onChange(['schema', 'client'], /(schema\.graphql|(?<!\.test)\.tsx?)$/, () => void generateTypes());

  const [api = ''] = await Promise.all([server.ready, worker.ready]);
  lock.announce(api);
  const client = await startVite(api);
  process.stdout.write(
    `\n  client   ${client}\n  API      ${api}/graphql\n  volume   ${env.VOLUME_ROOT}\n\n`,
  );
}

/** Vite's settings look for the server at `PORT`, which may have been chosen freely. */
async function startVite(api: string) {
  process.env.PORT = new URL(api).port;
  const { createServer } = await import('vite');
  const vite = await createServer({
    configFile: join(root, 'client/vite.config.ts'),
    logLevel: 'warn',
    clearScreen: false,
  });
  running.defer(() => vite.close());
  await vite.listen();
  return vite.resolvedUrls?.local[0] ?? '';
}

/** Calls `then` once for changes that come together, as an editor or git makes them. */
function onChange(folders: string[], pattern: RegExp, then: () => void) {
  let soon: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    const watcher = watch(join(root, folder), { recursive: true }, (_, path) => {
      if (path === null || !pattern.test(path) || /^(gql|dist|cli)\//.test(path)) return;
      clearTimeout(soon);
      soon = setTimeout(then, 150);
    });
    running.defer(() => watcher.close());
  }
  running.defer(() => clearTimeout(soon));
}

/** In a process of its own, which loads the server as it is now. */
async function printSchema() {
  const printing = spawn(process.execPath, [join(root, 'server/print-schema.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  printing.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(printing, 'close');
  if (code !== 0) process.stdout.write(`The schema cannot be printed:\n${said}`);
}

/** Writes only what has changed. A document that does not fit the schema is told, and the types stay as they were. */
const generateTypes = () =>
  generate({ ...codegen, cwd: root, silent: true }, true).catch((error: unknown) =>
    process.stdout.write(
      `The client's types cannot be generated: ${error instanceof Error ? error.message : error}\n`,
    ),
  );

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.resolve());

function complain(error: unknown) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
}
await Promise.race([start().then(() => end.promise), end.promise]).catch(complain);
await running.disposeAsync().catch(complain);
process.exit();
