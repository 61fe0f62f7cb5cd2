import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ViteJob } from './vite-worker.ts';

const root = join(import.meta.dirname, '..');
const client = join(root, 'client');
const dist = join(client, 'dist');
const configFile = join(client, 'vite.config.ts');

/** Builds the client into `client/dist` when it is not there or was built from other sources. */
export async function buildClient(): Promise<void> {
  if (!existsSync(configFile)) return;
  const sources = await hashOfSources();
  const builtFrom = await readFile(join(dist, '.built-from'), 'utf8').catch(() => '');
  if (builtFrom === sources) return;
  await build(sources).catch((error: unknown) => {
    throw new Error(`The client could not be built: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  });
}

async function build(sources: string) {
  await mkdir(dist, { recursive: true });
  const fresh = await mkdtemp(join(dist, '.building-'));
  try {
    await runVite({ configFile, outDir: fresh });
    await writeFile(join(fresh, '.built-from'), sources);
    await publish(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** In a thread of its own, because Vite sets NODE_ENV, which the processes that we start later must not inherit. */
async function runVite(job: ViteJob) {
  const worker = new Worker(new URL('./vite-worker.ts', import.meta.url), { workerData: job });
  await once(worker, 'exit');
}

async function hashOfSources() {
  const entries = await readdir(client, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(dist))
    .sort();
  const hash = createHash('sha256');
  for (const path of [...files, join(root, 'package-lock.json'), join(root, 'schema/schema.graphql')]) {
    hash.update(`${path.slice(root.length)}\0`).update(await readFile(path).catch(() => ''));
  }
  return hash.digest('hex');
}

/** Name by name, so that a page is served all the time; what names the other files comes last. */
async function publish(fresh: string) {
  const last = ['index.html', '.built-from'];
  const names = (await readdir(fresh)).sort((a, b) => last.indexOf(a) - last.indexOf(b));
  for (const name of names) await replace(join(fresh, name), join(dist, name));
}

/** Another process may build the same at the same time, and put its own there between the two. */
async function replace(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTEMPTY') return replace(from, to);
    throw error;
  });
}
