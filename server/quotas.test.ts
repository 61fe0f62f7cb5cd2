import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Data } from '#tests/api.ts';
import { loraBytes, shapesOf, uploadLora } from '#tests/loras.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, uploadImages } from '#tests/steps.ts';
import { UPLOAD_IMAGES } from '#tests/uploads.ts';

vi.hoisted(() => {
  process.env.MAX_OPEN_JOBS = '5';
  // 100 kB.
  process.env.MAX_UPLOADED_GB = String(100_000 / 2 ** 30);
  process.env.FAST_TEST_FAULT = 'out-of-memory@1';
});

const api = await startServer({ worker: true });
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
afterAll(() => sql.end());

const INPUT = { prompt: 'a photo', width: 256, height: 256, steps: 1, count: 1 };
const MORE = '... on UserError { code message } ... on QuotaExceeded { quota limit }';
const FULL = {
  __typename: 'QuotaExceeded',
  code: 'QUOTA_EXCEEDED',
  message: '5 jobs wait or run, and there may be no more. Wait until some have ended, or cancel some.',
  quota: 'OPEN_JOBS',
  limit: 5,
};

const START = `mutation ($input: StartGenerationInput!, $key: String) {
  startGeneration(input: $input, idempotencyKey: $key) {
    __typename ... on StartGenerationSuccess { generation { id } } ${MORE}
  }
}`;
const start = async (key?: string): Promise<Data> =>
  (await api.graphql(START, { input: INPUT, key })).startGeneration;
const run = async (mutation: string): Promise<Data> =>
  Object.values(await api.graphql(`mutation { ${mutation} }`))[0];
const cancel = (jobId: string) => run(`cancelJob(input: { jobId: "${jobId}" }) { __typename }`);
const openJobs = async () => (await api.graphql('{ jobCounts { queued running } }')).jobCounts.queued;

let failed: string[];
let character: Data;
let cancelledTraining: string;

beforeAll(async () => {
  character = await createCharacter(api);
  await uploadImages(api, character.id, [
    { name: 'a.jpg', bytes: await drawPhoto({ seed: 1, width: 100, height: 100 }) },
  ]);
  const made = [];
  for (let i = 0; i < 3; i++) made.push((await startGeneration(api, INPUT)).id);
  for (const id of made) await eventsOf(api, id);
  failed = made;
  for (const queue of ['training.fast-test', 'generation.fast-test'])
    await run(`pauseQueue(input: { queue: "${queue}" }) { __typename }`);
  const training = await run(`startTraining(input: { characterId: "${character.id}" }) {
    ... on StartTrainingSuccess { training { id } } }`);
  cancelledTraining = training.training.id;
  await cancel(cancelledTraining);
}, 60_000);

test('of many that ask at once, as many get a job as may be open', async () => {
  const answers = await Promise.all(Array.from({ length: 25 }, () => start()));
  const started = answers.filter(({ generation }) => generation);
  expect(started).toHaveLength(5);
  expect(answers.filter(({ generation }) => !generation)).toEqual(Array.from({ length: 20 }, () => FULL));
  expect(await openJobs()).toBe(5);
  // Nothing of what was refused is left.
  expect(await sql`select id from jobs where state = 'queued'`).toHaveLength(5);
  expect(
    await sql`select id from pgboss.job where name = 'generation.fast-test' and state < 'active'`,
  ).toHaveLength(5);
});

test('whatever makes a job is refused as well', async () => {
  for (const mutation of [
    `startTraining(input: { characterId: "${character.id}" }) { __typename ${MORE} }`,
    `repeatGeneration(input: { generationId: "${failed[0]}" }) { __typename ${MORE} }`,
    `retryJob(input: { jobId: "${failed[0]}" }) { __typename ${MORE} }`,
    `retryJob(input: { jobId: "${cancelledTraining}" }) { __typename ${MORE} }`,
    `retryFailedJobs(input: {}) { __typename ${MORE} }`,
  ])
    expect([mutation, await run(mutation)]).toEqual([mutation, FULL]);
  await sql`
    insert into checkpoints (job_id, step, sha256, bytes) values (${cancelledTraining}, 1, ${'0'.repeat(64)}, 1)`;
  expect(
    await run(`resumeTraining(input: { trainingId: "${cancelledTraining}" }) { __typename ${MORE} }`),
  ).toEqual(FULL);
  await sql`delete from checkpoints where job_id = ${cancelledTraining}`;
});

test('what was refused leaves its key unused, and goes when there is room', async () => {
  expect(await start('later')).toEqual(FULL);
  const { jobs } = await api.graphql('{ jobs(states: [QUEUED]) { edges { node { id } } } }');
  await cancel(jobs.edges[0].node.id);
  const first = await start('later');
  expect(first.__typename).toBe('StartGenerationSuccess');
  // There is no room again, and none is needed for what was answered before.
  expect(await start('later')).toEqual(first);
  expect(await start()).toEqual(FULL);
});

test('as many that failed are tried again as there is room for', async () => {
  const { jobs } = await api.graphql('{ jobs(states: [QUEUED]) { edges { node { id } } } }');
  for (const { node } of jobs.edges.slice(0, 2)) await cancel(node.id);
  const RETRY = `retryFailedJobs(input: {}) {
    __typename ... on RetryFailedJobsSuccess { retries { jobs { id } skipped { code } } } ${MORE} }`;
  expect((await run(RETRY)).retries).toMatchObject({ jobs: [{}, {}], skipped: [] });
  expect(await openJobs()).toBe(5);
  expect(await run(RETRY)).toEqual(FULL);
});

test('photos that come at once fill what there is room for; each is told', async () => {
  // A third of what there may be, each.
  const photos = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => ({
      name: `${i}.png`,
      bytes: await drawPhoto({ seed: 10 + i, width: 400, height: 400 }),
    })),
  );
  const size = Math.max(...photos.map(({ bytes }) => bytes.length));
  expect(size).toBeLessThan(60_000);
  const upload = (photo: (typeof photos)[number]) =>
    api.upload(
      UPLOAD_IMAGES,
      { input: { characterId: character.id, files: [null] } },
      { 'variables.input.files.0': photo },
    );
  const answers: Data[] = (await Promise.all(photos.map(upload))).map(({ uploadImages: result }) => result);
  const codes = answers.map(({ code, results }) => code ?? results[0].code ?? 'accepted');
  expect(new Set(codes)).toEqual(new Set(['accepted', 'QUOTA_EXCEEDED']));
  const [{ bytes } = { bytes: 0 }] = await sql`select sum(bytes)::int as bytes from images`;
  expect(bytes).toBeLessThanOrEqual(100_000);
  expect(bytes).toBeGreaterThan(100_000 - size);
});

test('a LoRA is refused as well', async () => {
  const bytes = await loraBytes(shapesOf('peft', { 'somewhere.layer': [30_000, 10] }));
  expect(bytes.length).toBeGreaterThan(200_000);
  expect(await uploadLora(api, bytes, { baseModel: 'fast-test' })).toMatchObject({
    __typename: 'QuotaExceeded',
    message: expect.stringMatching(/^Uploads may have .+ GB together, and that is used up\./),
  });
});

test('a reference image is refused as well, and with nothing left, a request as a whole', async () => {
  const photo = { name: 'r.png', bytes: await drawPhoto({ seed: 99, width: 1500, height: 1500 }) };
  const document = `mutation ($file: Upload!) {
    uploadReferenceImage(input: { file: $file }) { __typename ${MORE} }
  }`;
  const refused = {
    __typename: 'QuotaExceeded',
    code: 'QUOTA_EXCEEDED',
    quota: 'UPLOADED_GB',
    limit: 100_000 / 2 ** 30,
  };
  const { uploadReferenceImage } = await api.upload(document, { file: null }, { 'variables.file': photo });
  expect(uploadReferenceImage).toMatchObject(refused);
  await sql`update images set bytes = bytes + 100000`;
  const { uploadImages: whole } = await api.upload(
    UPLOAD_IMAGES,
    { input: { characterId: character.id, files: [null] } },
    { 'variables.input.files.0': photo },
  );
  expect(whole).toMatchObject({ __typename: 'QuotaExceeded', code: 'QUOTA_EXCEEDED' });
});
