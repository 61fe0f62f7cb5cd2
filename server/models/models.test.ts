import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { contentOf } from '#tests/stand-ins/catalogue.ts';
import { eventsOf } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { env } from '../env.ts';
import { runTask } from '../maintenance/testing.ts';

vi.mock('./catalogue.ts', () => import('#tests/stand-ins/catalogue.ts'));

const TOKEN = 'hf_aTokenThatNobodyMaySee123456';

const { hub, folder } = await vi.hoisted(async () => {
  const { startHuggingFace } = await import('#tests/stand-ins/hugging-face.ts');
  const { mkdtemp } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const hub = await startHuggingFace({ token: 'hf_aTokenThatNobodyMaySee123456' });
  const folder = await mkdtemp(`${tmpdir()}/isengard-models-`);
  process.env.COMFYUI_MODELS_DIR = folder;
  process.env.HF_ENDPOINT = hub.url;
  process.env.HF_TOKEN = 'hf_aTokenThatNobodyMaySee123456';
  // A connection is quiet for half of that.
  process.env.STALL_SECONDS = '3';
  return { hub, folder };
});

const api = await startServer({ worker: true });

afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  hub.release();
  await api.graphql('mutation { cancelAllJobs(input: {}) { __typename } }');
  await until(
    async () => (await api.graphql('{ jobCounts { queued running } }')).jobCounts.running === 0,
    'all stopped',
  );
  hub.behave();
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
});

const DOWNLOAD = `mutation ($input: DownloadModelInput!, $key: String) { downloadModel(input: $input, idempotencyKey: $key) {
  __typename
  ... on DownloadModelSuccess { download { id state steps kind title } }
  ... on AlreadyDownloading { download { id } }
  ... on UserError { code message }
} }`;
const ask = async (modelId: string, key?: string) =>
  (await api.graphql(DOWNLOAD, { input: { modelId }, key })).downloadModel;

async function start(modelId: string): Promise<string> {
  const { download, message } = await ask(modelId);
  if (!download) throw new Error(message);
  return download.id;
}

const JOB = `query ($id: ID!) { job(id: $id) {
  __typename state stage step steps attempt error { code message advice }
  ... on Download { bytes sha256 commit model { id isInstalled } }
  log(first: 100) { edges { node { message } } }
} }`;
const jobOf = async (id: string): Promise<Data> => (await api.graphql(JOB, { id })).job;
const ended = async (id: string) => {
  await eventsOf(api, id);
  return jobOf(id);
};

async function retry(id: string): Promise<string> {
  const RETRY = `mutation ($id: ID!) { retryJob(input: { jobId: $id }) {
    ... on RetryJobSuccess { job { id __typename retryOf { id } } } ... on UserError { message } } }`;
  const { job } = (await api.graphql(RETRY, { id })).retryJob;
  expect(job).toMatchObject({ __typename: 'Download', retryOf: { id } });
  return job.id;
}

const MODELS = `{ models { id file isInstalled canDownload unsupported bytes isGated licence { name url commercialUse }
  download { id state } } }`;
const modelOf = async (id: string): Promise<Data> =>
  (await api.graphql(MODELS)).models.find((model: Data) => model.id === id);

const known = contentOf('test/known');
const target = (name: string) => join(folder, 'diffusion_models', `test-${name}.safetensors`);
const here = () => readdir(join(folder, 'diffusion_models')).catch(() => []);
const putKnown = () => hub.put('someone/test-known', 'weights/model.safetensors', known);
const putUnknown = (bytes: Buffer) => hub.put('someone/test-unknown', 'weights/model.safetensors', bytes);

/** Waits until the worker has written so much. */
const written = (megabytes: number) =>
  until(async () => {
    const [part] = await here();
    return (
      part?.endsWith('.isengard-part') &&
      (await readFile(join(folder, 'diffusion_models', part))).length >= megabytes * 1e6
    );
  }, `${megabytes} MB are written`);

test('a model comes whole, verified, and under its name; the token goes to the hub alone', async () => {
  const sha256 = putKnown();
  expect(await modelOf('test/known')).toMatchObject({
    file: 'diffusion_models/test-known.safetensors',
    isInstalled: false,
    canDownload: true,
    unsupported: null,
    bytes: known.length,
    download: null,
  });
  const { download } = await ask('test/known');
  expect(download).toMatchObject({ kind: 'DOWNLOAD', steps: 8, title: 'Model test/known · download' });
  const events = await eventsOf(api, download.id);
  expect(events.flatMap(({ stage }) => stage ?? [])).toEqual(['PREPARING', 'DOWNLOADING', 'VERIFYING']);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED' });
  expect(await jobOf(download.id)).toMatchObject({
    __typename: 'Download',
    step: 8,
    steps: 8,
    attempt: 1,
    error: null,
    bytes: known.length,
    sha256,
    model: { id: 'test/known', isInstalled: true },
  });
  expect((await readFile(target('known'))).equals(known)).toBe(true);
  expect(await here()).toEqual(['test-known.safetensors']);
  expect(await modelOf('test/known')).toMatchObject({
    isInstalled: true,
    canDownload: false,
    unsupported: 'Model test/known is installed.',
    download: { id: download.id, state: 'COMPLETED' },
  });
  expect(await ask('test/known')).toMatchObject({ __typename: 'CannotDownload', code: 'CANNOT_DOWNLOAD' });

  expect(hub.asked.map(({ at, method }) => `${at} ${method}`)).toEqual(['hub HEAD', 'hub GET', 'cdn GET']);
  expect(hub.asked.map(({ token }) => token)).toEqual([TOKEN, TOKEN, null]);
});

test('a connection that breaks is made again, and only the rest is asked for', async () => {
  putKnown();
  hub.misbehave({ dieAfter: [3_000_000, 2_000_000] });
  const id = await start('test/known');
  expect(await ended(id)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  expect((await readFile(target('known'))).equals(known)).toBe(true);
  const ranges = hub.asked.filter(({ at }) => at === 'cdn').map(({ range }) => range);
  const [whole, ...rests] = ranges.map((range) => Number(/\d+/.exec(range ?? '0')));
  expect(whole).toBe(0);
  // Each goes on behind the one before it, and at most where that one ended.
  expect(rests).toHaveLength(2);
  expect(rests[0]).toBeGreaterThan(1_000_000);
  expect(rests[0]).toBeLessThanOrEqual(3_000_000);
  expect(rests[1]).toBeGreaterThan(rests[0] ?? 0);
  expect(rests[1]).toBeLessThanOrEqual((rests[0] ?? 0) + 2_000_000);
});

test('what goes silent, or cannot begin in the middle, costs no more than that', async () => {
  putKnown();
  hub.misbehave({ holdAfter: 2_000_000 });
  const id = await start('test/known');
  await written(2);
  hub.misbehave({ holdAfter: null, ignoresRange: true });
  expect(await ended(id)).toMatchObject({ state: 'COMPLETED' });
  expect((await readFile(target('known'))).equals(known)).toBe(true);
  expect(hub.asked.filter(({ at }) => at === 'cdn').map(({ range }) => range)).toEqual([
    null,
    'bytes=2000000-',
  ]);
});

test('a source that ends before the end is no endless loop', async () => {
  putKnown();
  hub.misbehave({ dieAfter: [2_000_000], isEmpty: true });
  expect(await ended(await start('test/known'))).toMatchObject({
    state: 'FAILED',
    attempt: 4,
    error: { code: 'SOURCE_UNCLEAR', message: 'The source ended before the end of the file.' },
  });
});

test('a source that is away for a while is tried again, one that refuses is not', async () => {
  putKnown();
  hub.misbehave({ statuses: [503, 429] });
  expect(await ended(await start('test/known'))).toMatchObject({ state: 'COMPLETED', attempt: 3 });
  await rm(target('known'));
  hub.misbehave({ statuses: [418] });
  expect(await ended(await start('test/known'))).toMatchObject({
    state: 'FAILED',
    attempt: 1,
    error: { code: 'SOURCE_REFUSED', message: expect.stringContaining('HTTP 418') },
  });
});

test('a wrong checksum leaves nothing; the next try has its own chance', async () => {
  putKnown();
  hub.misbehave({ isCorrupt: true });
  const id = await start('test/known');
  expect(await ended(id)).toMatchObject({ state: 'FAILED', attempt: 2, error: { code: 'WRONG_CHECKSUM' } });
  expect(await here()).toEqual([]);
  expect(await modelOf('test/known')).toMatchObject({
    isInstalled: false,
    download: { id, state: 'FAILED' },
  });

  hub.misbehave({ isCorrupt: false });
  expect(await ended(await retry(id))).toMatchObject({ state: 'COMPLETED' });
});

test('where the source alone knows the checksum, its word is taken, and the log says so', async () => {
  const bytes = contentOf('any');
  const sha256 = putUnknown(bytes);
  const job = await ended(await start('test/unknown'));
  expect(job).toMatchObject({ state: 'COMPLETED', steps: 8, bytes: bytes.length, sha256 });
  expect(job.log.edges[0].node.message).toContain('as the source says, nobody else does');
});

test('another file than the one that is known is not downloaded', async () => {
  hub.put('someone/test-moved', 'weights/model.safetensors', known);
  expect(await ended(await start('test/moved'))).toMatchObject({
    state: 'FAILED',
    error: { code: 'MODEL_CHANGED' },
  });
  expect(hub.asked.map(({ at }) => at)).toEqual(['hub']);
});

test('a file that changed since the last try is begun anew', async () => {
  putUnknown(contentOf('old'));
  hub.misbehave({ dieAfter: [3_000_000], statuses: [null, null, 418] });
  const id = await start('test/unknown');
  expect(await ended(id)).toMatchObject({ state: 'FAILED', error: { code: 'SOURCE_REFUSED' } });
  expect(await here()).toEqual([expect.stringMatching(/^test-unknown\.safetensors\..*\.isengard-part$/)]);

  const young = contentOf('young');
  putUnknown(young);
  expect(await ended(await retry(id))).toMatchObject({ state: 'COMPLETED' });
  expect(hub.asked.at(-1)).toMatchObject({ at: 'cdn', range: null });
  expect((await readFile(target('unknown'))).equals(young)).toBe(true);
  expect(await here()).toEqual(['test-unknown.safetensors']);
});

test('the next try goes on with what came', async () => {
  putKnown();
  hub.misbehave({ dieAfter: [3_000_000], statuses: [null, null, 418] });
  const id = await start('test/known');
  await ended(id);
  const [part = ''] = await here();
  const { size } = await stat(join(folder, 'diffusion_models', part));
  expect(size).toBeGreaterThan(1_000_000);
  const job = await ended(await retry(id));
  expect(job).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  expect(job.log.edges.map(({ node }: Data) => node.message)).toContainEqual(
    expect.stringMatching(/^Going on after \d MB, which came before\.$/),
  );
  expect(hub.asked.at(-1)).toMatchObject({ at: 'cdn', range: `bytes=${size}-` });
  expect((await readFile(target('known'))).equals(known)).toBe(true);
});

test('a gated one says what to do; the token shows up nowhere', async () => {
  hub.put('someone/test-gated', 'weights/model.safetensors', known, { isGated: true });
  expect(await ended(await start('test/gated'))).toMatchObject({ state: 'COMPLETED' });
  await rm(target('gated'));
  hub.misbehave({ statuses: [403] });
  const id = await start('test/gated');
  const job = await ended(id);
  expect(job).toMatchObject({
    state: 'FAILED',
    attempt: 1,
    error: {
      code: 'MODEL_GATED',
      advice: expect.stringContaining(`accept the licence at ${hub.url}/someone/test-gated`),
    },
  });
  expect(JSON.stringify([job, await eventsOf(api, id), await modelOf('test/gated')])).not.toContain(TOKEN);
});

test('one that is not there says so', async () => {
  expect(await ended(await start('test/other'))).toMatchObject({
    state: 'FAILED',
    error: { code: 'MODEL_MISSING' },
  });
  expect(await ask('test/nothing')).toMatchObject({ __typename: 'NotFound' });
});

test.each([
  'http://localhost:9/secret',
  'http://user:password@127.0.0.1:9/secret',
  'ftp://127.0.0.1/secret',
  'file:///secret',
])('it is not sent to %s', async (location) => {
  putKnown();
  hub.misbehave({ location });
  const job = await ended(await start('test/known'));
  expect(job).toMatchObject({ state: 'FAILED', error: { code: 'REDIRECT_REFUSED' } });
  expect(JSON.stringify(job)).not.toContain('secret');
});

test('one that is cancelled leaves nothing', async () => {
  putKnown();
  hub.misbehave({ holdAfter: 3_000_000 });
  const id = await start('test/known');
  await written(3);
  await until(async () => (await jobOf(id)).step >= 1, 'its progress is told');
  const CANCEL = 'mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }';
  expect((await api.graphql(CANCEL, { id })).cancelJob.__typename).toBe('CancelJobSuccess');
  expect(await ended(id)).toMatchObject({ state: 'CANCELLED', error: null });
  expect(await here()).toEqual([]);
});

const PART = /^test-known\.safetensors\..*\.isengard-part$/;
/** A download that broke off, and waits for its next attempt or has had its last one. */
async function brokenOff(status: number) {
  putKnown();
  hub.misbehave({ dieAfter: [3_000_000], statuses: [null, null, ...Array(20).fill(status)] });
  const id = await start('test/known');
  await until(async () => /QUEUED 1|FAILED/.test(await placeOf(id)), 'an attempt is over');
  expect(await here()).toEqual([expect.stringMatching(PART)]);
  return id;
}
const placeOf = async (id: string) => {
  const { state, attempt } = await jobOf(id);
  return `${state} ${attempt}`;
};
const CANCEL_ONE = 'mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }';

test('one that is cancelled while it waits is cleared away', async () => {
  const id = await brokenOff(503);
  await runTask('parts');
  expect(await here()).toEqual([expect.stringMatching(PART)]);
  await api.graphql(CANCEL_ONE, { id });
  expect(await ended(id)).toMatchObject({ state: 'CANCELLED' });
  await runTask('parts');
  expect(await here()).toEqual([]);
});

test('what came of one that failed is kept for the next try, and not for ever', async () => {
  expect((await jobOf(await brokenOff(418))).state).toBe('FAILED');
  await runTask('parts');
  const [part = ''] = await here();
  expect(part).toMatch(PART);
  const longAgo = new Date(Date.now() - (env.ORPHAN_HOURS + 1) * 3_600_000);
  await utimes(join(folder, 'diffusion_models', part), longAgo, longAgo);
  await runTask('parts');
  expect(await here()).toEqual([]);
});

test('a file that is there by then is read, and its second name goes', async () => {
  const sha256 = putKnown();
  hub.misbehave({ statuses: [503] });
  const id = await start('test/known');
  await mkdir(join(folder, 'diffusion_models'), { recursive: true });
  const part = `${target('known')}.${sha256.slice(0, 16)}.isengard-part`;
  await writeFile(`${target('known')}.new`, known);
  await link(`${target('known')}.new`, part);
  await rename(`${target('known')}.new`, target('known'));
  const events = await eventsOf(api, id);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED' });
  expect(events.flatMap(({ stage }) => stage ?? [])).toEqual(['PREPARING', 'PREPARING', 'VERIFYING']);
  expect(await here()).toEqual(['test-known.safetensors']);
});

test('there is one open download of a model, however it is asked for', async () => {
  putKnown();
  hub.misbehave({ holdAfter: 1_000_000 });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('test/known')));
  const [made, ...more] = answers.filter(({ __typename }) => __typename === 'DownloadModelSuccess');
  expect(more).toEqual([]);
  const { id } = made.download;
  for (const answer of answers.filter((one) => one !== made))
    expect(answer).toMatchObject({ code: 'ALREADY_DOWNLOADING', download: { id } });
  hub.release();
  await ended(id);

  await rm(target('known'));
  const key = crypto.randomUUID();
  const first = await ask('test/known', key);
  expect((await ask('test/known', key)).download.id).toBe(first.download.id);
});

test('nothing is written over: what is there by then is left as it is', async () => {
  putKnown();
  hub.misbehave({ holdAfter: 1_000_000 });
  const id = await start('test/known');
  await written(1);
  await writeFile(target('known'), 'somebody put this here');
  hub.release();
  expect(await ended(id)).toMatchObject({ state: 'FAILED', error: { code: 'FILE_EXISTS' } });
  expect(await readFile(target('known'), 'utf8')).toBe('somebody put this here');
  expect(await modelOf('test/known')).toMatchObject({
    isInstalled: true,
    canDownload: false,
    unsupported: expect.stringContaining('it has 22 bytes instead of 8,000,000'),
  });
});

test('a file that somebody put there by hand is found, also in the other folder of its kind', async () => {
  await mkdir(join(folder, 'unet'));
  await writeFile(join(folder, 'unet', 'test-known.safetensors'), known);
  expect(await modelOf('test/known')).toMatchObject({
    isInstalled: true,
    file: 'unet/test-known.safetensors',
    canDownload: false,
  });
});

test('a folder that is not there is told, and not made', async () => {
  putKnown();
  await rm(folder, { recursive: true });
  expect(await ended(await start('test/known'))).toMatchObject({
    state: 'FAILED',
    error: { code: 'MODELS_DIR_MISSING', advice: expect.any(String) },
  });
  expect(existsSync(folder)).toBe(false);
  await mkdir(folder);
});
