import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWithModels, TOKEN } from './models.ts';
import { contentOf } from './stand-ins/catalogue.ts';
import { eventsOf } from './steps.ts';
import type { Studio } from './studio.ts';
import { until } from './until.ts';

async function download({ graphql }: Studio): Promise<string> {
  const DOWNLOAD = `mutation { downloadModel(input: { modelId: "test/known" }) {
    ... on DownloadModelSuccess { download { id } } ... on UserError { message } } }`;
  const { downloadModel } = await graphql(DOWNLOAD);
  if (!downloadModel.download) throw new Error(downloadModel.message);
  return downloadModel.download.id;
}

test('kill -9 of the worker in the middle of a download: another goes on with what came', async () => {
  await using started = await startWithModels({ worker: false, env: { LOG_LEVEL: 'debug' } });
  const { hub, studio, folder } = started;
  const first = await studio.startWorker();
  hub.misbehave({ holdAfter: 5_000_000 });
  const id = await download(studio);
  const history = eventsOf(studio, id);
  await until(async () => {
    const [part] = await readdir(folder).catch(() => []);
    return part !== undefined && (await stat(join(folder, part))).size === 5_000_000;
  }, 'the first half is written');
  first.kill('SIGKILL');
  await once(first, 'exit');
  hub.release();
  await studio.startWorker();

  expect((await history).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  expect(await readdir(folder)).toEqual(['test-known.safetensors']);
  expect((await readFile(join(folder, 'test-known.safetensors'))).equals(contentOf('test/known'))).toBe(true);
  expect(hub.asked.filter(({ at }) => at === 'cdn').map(({ range }) => range)).toEqual([
    null,
    'bytes=5000000-',
  ]);
  // At the level that tells most.
  expect(studio.logs.length).toBeGreaterThan(0);
  expect(studio.logs.join('\n')).not.toContain(TOKEN);
}, 90_000);

test.each(['job.before-finish', 'job.file-kept'])(
  'a worker that dies at %s has downloaded all the same',
  async (place) => {
    await using started = await startWithModels({ worker: false });
    const { hub, studio, folder } = started;
    const first = await studio.startWorker({ FAILPOINT: `${place}:kill` });
    const died = once(first, 'exit');
    const id = await download(studio);
    const history = eventsOf(studio, id);
    await died;
    await studio.startWorker();
    expect((await history).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
    expect(await readdir(folder)).toEqual(['test-known.safetensors']);
    // Not a byte was asked for again.
    expect(hub.asked.filter(({ at }) => at === 'cdn')).toHaveLength(1);
  },
  90_000,
);

test('without the folder nobody can download, and the answer says what to set', async () => {
  await using started = await startWithModels({ env: { COMFYUI_MODELS_DIR: '' } });
  const { studio } = started;
  await expect(download(studio)).rejects.toThrow('Set COMFYUI_MODELS_DIR');
  const { models, workers } = await studio.graphql(
    '{ models { isInstalled canDownload unsupported } workers { engines } }',
  );
  expect(models[0]).toEqual({
    isInstalled: null,
    canDownload: false,
    unsupported: expect.stringContaining('COMFYUI_MODELS_DIR'),
  });
  expect(workers[0].engines).toEqual(['training.fast-test', 'generation.fast-test']);
  await expect(studio.startWorker({ WORKER_KINDS: 'download' })).rejects.toThrow('needs COMFYUI_MODELS_DIR');
}, 60_000);
