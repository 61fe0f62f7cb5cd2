import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';

const api = await startServer({ worker: true });
const photos = (await realPhotos()).slice(0, 5);
const small = { width: 256, height: 256, steps: 4 };

let character: Data;
let lora: Data;
let imageIds: string[];

beforeAll(async () => {
  character = await createCharacter(api);
  imageIds = (await uploadImages(api, character.id, photos)).map(({ image }) => image.id);
  const { id } = await startTraining(api, character.id, { steps: 40, samplePrompts: [], rank: 4 });
  await eventsOf(api, id);
  const { training } = await api.graphql(
    'query ($id: ID!) { training(id: $id) { lora { id name sha256 } } }',
    { id },
  );
  lora = training.lora;
});

const START = `mutation ($input: StartGenerationInput!) {
  startGeneration(input: $input) {
    __typename
    ... on StartGenerationSuccess { generation { id seed } }
    ... on UserError { code message }
    ... on InvalidInput { issues { field message } }
    ... on UnsupportedParameter { parameter reason }
    ... on NotFound { kind id }
  }
}`;
const start = async (input: object) => (await api.graphql(START, { input })).startGeneration;

const GENERATION = `query ($id: ID!) {
  generation(id: $id) {
    id kind state stage title step steps character { id } correlationId retryOf { id } error { code message }
    attempt createdAt startedAt finishedAt cursor elapsedSeconds engine eta { seconds } stepsPerSecond workerId place { position } isCancelling
    prompt negativePrompt width height samplingSteps guidanceScale seed count sampler scheduler baseModel
    loras { lora { id } name strength }
    initImage { referenceUrl maskUrl denoise } controlNet { mode referenceUrl strength isMap } ipAdapter { referenceUrl weight } faceDetailer { denoise } upscale { factor }
    outputs { id index seed width height bytes sha256 thumbHash createdAt url downloadUrl thumbnailUrl generation { id } }
    previews { index url }
  }
}`;
const generationOf = async (id: string) => (await api.graphql(GENERATION, { id })).generation;

async function generate(input: object) {
  const { id } = await startGeneration(api, {
    prompt: `a photo of ${character.triggerWord}`,
    ...small,
    ...input,
  });
  const events = await eventsOf(api, id);
  return { events, generation: await generationOf(id) };
}
const picture = async (output: Data) => Buffer.from(await (await fetch(api.url + output.url)).arrayBuffer());

test('a batch makes its images, one seed after the other, with their parameters in them', async () => {
  const input = {
    count: 3,
    seed: 7,
    negativePrompt: 'blurry',
    loras: [{ loraId: lora.id, strength: 1.2 }],
    height: 320,
  };
  const { events, generation } = await generate(input);
  expect(events.map(({ cursor }: Data) => Number(cursor))).toEqual(events.map((_: Data, i: number) => i + 1));
  expect(generation).toMatchObject({
    state: 'COMPLETED',
    kind: 'GENERATION',
    step: 12,
    steps: 12,
    seed: 7,
    count: 3,
    samplingSteps: 4,
    negativePrompt: 'blurry',
    character: { id: character.id },
    loras: [{ lora: { id: lora.id }, name: lora.name, strength: 1.2 }],
    title: `${character.name} · 3 images`,
    previews: [],
    initImage: null,
    controlNet: null,
    upscale: null,
  });
  expect(generation).toMatchObject({
    attempt: 1,
    engine: 'fast-test',
    cursor: events.at(-1).cursor,
    eta: null,
    place: null,
    isCancelling: false,
    finishedAt: expect.any(String),
  });
  expect(generation.outputs.map(({ index, seed }: Data) => [index, seed])).toEqual([
    [0, 7],
    [1, 8],
    [2, 9],
  ]);
  const [output] = generation.outputs;
  expect(output).toMatchObject({ width: 256, height: 320, generation: { id: generation.id } });
  const png = await picture(output);
  expect(png.length).toBe(output.bytes);
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 256, height: 320 });

  const texts = Object.fromEntries(
    ((await sharp(png).metadata()).comments ?? []).map(({ keyword, text }) => [keyword, text]),
  );
  expect(JSON.parse(texts.isengard ?? '')).toMatchObject({
    seed: 7,
    index: 0,
    loras: [{ sha256: lora.sha256 }],
  });
  expect(texts.parameters).toContain('Negative prompt: blurry');
  const stored = join(process.env.VOLUME_ROOT ?? '', 'outputs', generation.id, '0.png');
  expect((await readFile(stored)).equals(png)).toBe(true);
  expect((await fetch(api.url + output.downloadUrl)).headers.get('content-disposition')).toContain(
    'isengard-7.png',
  );

  const { outputs } = await api.graphql(
    `query ($character: ID!, $lora: ID!, $generation: ID!) {
      outputs(characterId: $character, loraId: $lora, generationId: $generation) { edges { node { id } } }
    }`,
    { character: character.id, lora: lora.id, generation: generation.id },
  );
  expect(outputs.edges).toHaveLength(3);
});

test('the same again is the same, another seed is another', async () => {
  const { generation } = await generate({ loras: [{ loraId: lora.id }] });
  const REPEAT = `mutation ($input: RepeatGenerationInput!) {
    repeatGeneration(input: $input) { ... on RepeatGenerationSuccess { generation { id seed } } ... on NotFound { kind } }
  }`;
  const repeat = async (newSeed: boolean) => {
    const { repeatGeneration } = await api.graphql(REPEAT, {
      input: { generationId: generation.id, newSeed },
    });
    await eventsOf(api, repeatGeneration.generation.id);
    return generationOf(repeatGeneration.generation.id);
  };
  const pixels = async (made: Data) =>
    (
      await sharp(await picture(made.outputs[0]))
        .raw()
        .toBuffer()
    ).toString('base64');
  const same = await repeat(false);
  const other = await repeat(true);
  expect(same.seed).toBe(generation.seed);
  expect(other.seed).not.toBe(generation.seed);
  expect(await pixels(same)).toBe(await pixels(generation));
  expect(await pixels(other)).not.toBe(await pixels(generation));
  const nothing = await api.graphql(REPEAT, { input: { generationId: crypto.randomUUID() } });
  expect(nothing.repeatGeneration).toEqual({ kind: 'generation' });
});

test('every toggle is kept and acts', async () => {
  const { generation: plain } = await generate({ seed: 1, loras: [{ loraId: lora.id }] });
  const reference = { imageId: imageIds[0] };
  const { generation } = await generate({
    seed: 1,
    loras: [{ loraId: lora.id }],
    controlNet: { mode: 'CANNY', reference, strength: 0.9 },
    ipAdapter: { reference: { outputId: plain.outputs[0].id } },
    faceDetailer: {},
    upscale: { factor: 2 },
  });
  expect(generation).toMatchObject({
    state: 'COMPLETED',
    controlNet: { mode: 'CANNY', strength: 0.9, referenceUrl: `/files/images/${imageIds[0]}` },
    ipAdapter: { weight: 0.7, referenceUrl: `/files/outputs/${plain.outputs[0].id}` },
    faceDetailer: { denoise: 0.4 },
    upscale: { factor: 2 },
    width: 256,
    outputs: [{ width: 512, height: 512 }],
  });
});

test('a strength that is left out is the one that the engine advertises', async () => {
  const controlNet = { mode: 'CANNY', reference: { imageId: imageIds[0] } };
  const { generation } = await generate({ seed: 1, controlNet });
  expect(generation.controlNet).toMatchObject({ mode: 'CANNY', strength: 1 });
});

const area = async (output: Data, left: number, width: number) =>
  sharp(await picture(output))
    .extract({ left, top: 0, width, height: 256 })
    .raw()
    .toBuffer();

test('a generation may start from an image, everywhere or where a mask is light', async () => {
  const { generation: plain } = await generate({ seed: 1, loras: [{ loraId: lora.id }] });
  const reference = { outputId: plain.outputs[0].id };
  const { generation: kept } = await generate({ seed: 2, initImage: { reference, denoise: 0 } });
  expect(await area(kept.outputs[0], 0, 256)).toEqual(await area(plain.outputs[0], 0, 256));

  // The left half is dark and stays, the right half is light and is painted anew.
  const half = { width: 128, height: 256, channels: 3, background: '#fff' } as const;
  const mask = await sharp({ create: { ...half, width: 256, background: '#000' } })
    .composite([{ input: { create: half }, left: 128, top: 0 }])
    .png()
    .toBuffer();
  const { uploadReferenceImage } = await api.upload(
    `mutation ($input: UploadReferenceImageInput!) {
      uploadReferenceImage(input: $input) { ... on UploadReferenceImageSuccess { referenceImage { id } } }
    }`,
    { input: { file: null } },
    { 'variables.input.file': { name: 'mask.png', bytes: mask } },
  );
  const maskId = uploadReferenceImage.referenceImage.id;
  const given = { reference, mask: { referenceImageId: maskId }, denoise: 1 };
  const { generation } = await generate({ seed: 2, initImage: given });
  expect(generation.initImage).toEqual({
    denoise: 1,
    referenceUrl: `/files/outputs/${plain.outputs[0].id}`,
    maskUrl: `/files/references/${maskId}`,
  });
  expect(await area(generation.outputs[0], 0, 120)).toEqual(await area(plain.outputs[0], 0, 120));
  expect(await area(generation.outputs[0], 136, 120)).not.toEqual(await area(plain.outputs[0], 136, 120));
});

test('what is outside the limits is refused, all at once and by name', async () => {
  const prompt = 'a photo';
  const bad = {
    width: 250,
    height: 2049,
    steps: 101,
    guidanceScale: 21,
    count: 17,
    sampler: 'none',
    scheduler: 'none',
  };
  const refused = await start({ prompt, ...bad });
  expect(refused.__typename).toBe('InvalidInput');
  expect(refused.issues.map(({ field }: Data) => field).sort()).toEqual(Object.keys(bad).sort());

  const issuesOf = async (input: object) =>
    (await start({ prompt, ...input })).issues?.map(({ field }: Data) => field);
  expect(await issuesOf({ prompt: '  ' })).toEqual(['prompt']);
  expect(await issuesOf({ prompt: 'x'.repeat(2001), negativePrompt: 'x'.repeat(1001) })).toEqual([
    'prompt',
    'negativePrompt',
  ]);
  expect(await issuesOf({ width: 260 })).toEqual(['width']);
  expect(await issuesOf({ seed: Number.MAX_SAFE_INTEGER, count: 2 })).toEqual(['seed']);
  expect(await issuesOf({ loras: [{ loraId: lora.id, strength: 3 }] })).toEqual(['loras.0.strength']);
  expect(await issuesOf({ loras: Array(5).fill({ loraId: lora.id }) })).toEqual(['loras']);
  expect(await issuesOf({ upscale: { factor: 3 } })).toEqual(['upscale.factor']);
  expect(await issuesOf({ faceDetailer: { denoise: 2 } })).toEqual(['faceDetailer.denoise']);

  const nobody = crypto.randomUUID();
  expect(await start({ prompt, loras: [{ loraId: nobody }] })).toMatchObject({
    __typename: 'NotFound',
    kind: 'lora',
    id: nobody,
  });
  expect(await start({ prompt, ipAdapter: { reference: { imageId: nobody } } })).toMatchObject({
    kind: 'image',
    id: nobody,
  });
  expect(await start({ prompt, baseModel: 'none' })).toMatchObject({
    __typename: 'UnsupportedParameter',
    parameter: 'baseModel',
  });
  const { answer } = await api.request(START, {
    input: { prompt, ipAdapter: { reference: { imageId: nobody, outputId: nobody } } },
  });
  expect(answer.errors?.[0]?.message).toContain('ImageSourceInput');
});

test('aspect presets are data', async () => {
  const { aspectPresets } = await api.graphql('{ aspectPresets { name width height } }');
  expect(aspectPresets).toHaveLength(7);
  expect(aspectPresets).toContainEqual({ name: '16:9', width: 1344, height: 768 });
});

test('a LoRA is renamed, refused while a job needs it, and deleted with its files', async () => {
  const { id } = await startTraining(api, character.id, { steps: 2, samplePrompts: [], rank: 4 });
  await eventsOf(api, id);
  const { training } = await api.graphql('query ($id: ID!) { training(id: $id) { lora { id name } } }', {
    id,
  });
  const loraId = training.lora.id;
  const RENAME = `mutation ($input: RenameLoraInput!) {
    renameLora(input: $input) { ... on RenameLoraSuccess { lora { name } } ... on UserError { code } }
  }`;
  const rename = async (name: string, of = loraId) =>
    (await api.graphql(RENAME, { input: { loraId: of, name } })).renameLora;
  expect(await rename('  Soft light  ')).toEqual({ lora: { name: 'Soft light' } });
  expect(await rename('')).toEqual({ code: 'INVALID_INPUT' });
  expect(await rename('x', crypto.randomUUID())).toEqual({ code: 'NOT_FOUND' });
  const { loras } = await api.graphql('{ loras(search: "soft l") { edges { node { id } } } }');
  expect(loras.edges).toEqual([{ node: { id: loraId } }]);

  const long = await startGeneration(api, { prompt: 'a photo', count: 16, steps: 100, loras: [{ loraId }] });
  const DELETE = `mutation ($input: DeleteLoraInput!) {
    deleteLora(input: $input) {
      __typename
      ... on DeleteLoraSuccess { lora { id } }
      ... on LoraInUse { code jobs { id } }
      ... on NotFound { kind }
    }
  }`;
  const remove = async (force: boolean) =>
    (await api.graphql(DELETE, { input: { loraId, force } })).deleteLora;
  expect(await remove(false)).toEqual({
    __typename: 'LoraInUse',
    code: 'LORA_IN_USE',
    jobs: [{ id: long.id }],
  });
  expect(await remove(true)).toEqual({ __typename: 'DeleteLoraSuccess', lora: { id: loraId } });
  expect((await eventsOf(api, long.id)).at(-1)).toMatchObject({ state: 'CANCELLED' });
  expect(await remove(true)).toMatchObject({ __typename: 'NotFound', kind: 'lora' });
  expect((await generationOf(long.id)).loras).toEqual([{ lora: null, name: 'Soft light', strength: 0.8 }]);
  // Its id is gone with it; the sentence says which it was.
  const REPEAT = `mutation ($input: RepeatGenerationInput!) {
    repeatGeneration(input: $input) { ... on NotFound { kind id message } }
  }`;
  const { repeatGeneration } = await api.graphql(REPEAT, { input: { generationId: long.id } });
  expect(repeatGeneration).toEqual({ kind: 'lora', id: '', message: 'The LoRA "Soft light" was deleted.' });
});

test('a generation is followed by its state, and each image is found by its id', async () => {
  const { id } = await startGeneration(api, {
    prompt: 'a photo',
    ...small,
    count: 2,
    loras: [{ loraId: lora.id }],
  });
  const states: Data[] = [];
  const UPDATES = `subscription ($id: ID!) { generationUpdates(generationId: $id) { state step outputs { id } previews { url } } }`;
  for await (const { generationUpdates } of api.subscribe(UPDATES, { id })) states.push(generationUpdates);
  expect(states.at(-1)).toMatchObject({ state: 'COMPLETED', step: 8, previews: [] });
  expect(states.at(-1).outputs).toHaveLength(2);
  const find = async (output: string) =>
    (await api.graphql('query ($id: ID!) { output(id: $id) { id index } }', { id: output })).output;
  expect(await find(states.at(-1).outputs[1].id)).toMatchObject({ index: 1 });
  expect(await find(crypto.randomUUID())).toBeNull();
  expect(await find('not an id')).toBeNull();
  const nothing: Data[] = [];
  for await (const { generationUpdates } of api.subscribe(UPDATES, { id: 'nobody' }))
    nothing.push(generationUpdates);
  expect(nothing).toEqual([null]);
});

test('previews are shown while an image is sampled, and are gone after', async () => {
  const { id } = await startGeneration(api, {
    prompt: 'a photo',
    count: 3,
    steps: 100,
    loras: [{ loraId: lora.id }],
  });
  let url: string | undefined;
  for await (const { jobEvents: event } of api.subscribe(
    'subscription ($id: ID!) { jobEvents(jobId: $id) { ... on PreviewUpdated { index url } } }',
    { id },
  )) {
    if (url !== undefined || event.url === undefined) continue;
    url = event.url as string;
    const response = await fetch(api.url + url);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).format).toBe('webp');
  }
  const isGone = async (path = '') => (await fetch(api.url + path)).status === 404;
  await until(() => isGone(url), 'the preview is gone');

  const cancelled = await startGeneration(api, {
    prompt: 'a photo',
    count: 16,
    steps: 100,
    loras: [{ loraId: lora.id }],
  });
  const preview = await until(
    async () => (await generationOf(cancelled.id)).previews[0]?.url,
    'the next one shows a preview',
  );
  await api.graphql('mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }', {
    id: cancelled.id,
  });
  await eventsOf(api, cancelled.id);
  await until(() => isGone(preview), 'that is gone too');
});
