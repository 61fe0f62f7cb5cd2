import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from '#tests/steps.ts';

const api = await startServer({ worker: true });
const small = { width: 256, height: 256, steps: 1 };

let loras: Data[];
let word: string;

beforeAll(async () => {
  const character = await createCharacter(api);
  word = character.triggerWord;
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 5));
  loras = [];
  for (const rank of [4, 8]) {
    const { id } = await startTraining(api, character.id, { steps: 2, samplePrompts: [], rank });
    await eventsOf(api, id);
    const { training } = await api.graphql('query ($id: ID!) { training(id: $id) { lora { id name } } }', {
      id,
    });
    loras.push(training.lora);
  }
}, 180_000);

const RESULT = `__typename
  ... on UserError { code message }
  ... on InvalidInput { issues { field message } }
  ... on GridTooLarge { images limit }
  ... on UnknownWildcard { name }
  ... on NotFound { kind id }`;
const start = async (input: object) =>
  (
    await api.graphql(
      `mutation ($input: StartGenerationInput!) { startGeneration(input: $input) { ... on StartGenerationSuccess { generation { id } } ${RESULT} } }`,
      { input: { ...small, ...input } },
    )
  ).startGeneration;
const again = async (input: object) =>
  (
    await api.graphql(
      `mutation ($input: RepeatGenerationInput!) { repeatGeneration(input: $input) { ... on RepeatGenerationSuccess { generation { id } } ${RESULT} } }`,
      { input },
    )
  ).repeatGeneration;

async function finished({ generation, ...error }: Data): Promise<Data> {
  if (generation === undefined) throw new Error(JSON.stringify(error));
  await eventsOf(api, generation.id);
  const document = `query ($id: ID!) { generation(id: $id) {
    id state title prompt seed count step steps
    loras { name strength }
    grid { prompts loras { name lora { id } } strengths seeds }
    outputs { id index cell { prompt lora strength seed } prompt negativePrompt seed sha256 url loras { name strength } }
  } }`;
  return (await api.graphql(document, { id: generation.id })).generation;
}
const made = async (input: object) => finished(await start(input));
const issuesOf = async (input: object) => (await start(input)).issues?.map(({ field }: Data) => field);
const hashes = ({ outputs }: Data) => outputs.map(({ sha256 }: Data) => sha256);
const wildcard = async (name: string, values: string[]) =>
  (
    await api.graphql(
      'mutation ($input: CreateWildcardInput!) { createWildcard(input: $input) { ... on CreateWildcardSuccess { wildcard { id } } } }',
      { input: { name, values } },
    )
  ).createWildcard.wildcard.id;

test('a grid is the product of its axes, and each image says its cell and what it was made with', async () => {
  const [a, b] = loras;
  const generation = await made({
    negativePrompt: 'blurry',
    loras: [{ loraId: a?.id, strength: 0.5 }],
    grid: {
      prompts: ['{trigger} in snow', 'a beach'],
      loraIds: [b?.id, null],
      strengths: [0.4, 1],
      seeds: [9, 4],
    },
  });
  expect(generation).toMatchObject({
    ...{ state: 'COMPLETED', count: 16, step: 16, steps: 16, seed: 9, prompt: '{trigger} in snow' },
    loras: [{ name: a?.name, strength: 0.5 }],
    grid: {
      prompts: ['{trigger} in snow', 'a beach'],
      loras: [
        { name: b?.name, lora: { id: b?.id } },
        { name: null, lora: null },
      ],
      strengths: [0.4, 1],
      seeds: [9, 4],
    },
  });
  expect(generation.title).toMatch(/ · 16 images$/);
  const cells = [0, 1].flatMap((prompt) =>
    [0, 1].flatMap((lora) =>
      [0, 1].flatMap((strength) => [0, 1].map((seed) => ({ prompt, lora, strength, seed }))),
    ),
  );
  expect(generation.outputs.map(({ cell }: Data) => cell)).toEqual(cells);
  for (const { cell, prompt, seed, loras: used, negativePrompt } of generation.outputs) {
    expect(seed).toBe([9, 4][cell.seed]);
    expect(negativePrompt).toBe('blurry');
    expect(used).toEqual(cell.lora === 0 ? [{ name: b?.name, strength: [0.4, 1][cell.strength] }] : []);
    // Without its LoRA there is nobody to call.
    expect(prompt).toBe(cell.prompt === 1 ? 'a beach' : cell.lora === 0 ? `${word} in snow` : 'in snow');
  }
  // One image of it is the image that its values give alone.
  const alone = await made({
    ...{ prompt: `${word} in snow`, negativePrompt: 'blurry', seed: 4 },
    loras: [{ loraId: b?.id, strength: 1 }],
  });
  const pixels = async ({ url }: Data) =>
    sharp(Buffer.from(await (await fetch(api.url + url)).arrayBuffer()))
      .raw()
      .toBuffer();
  expect(await pixels(generation.outputs[3])).toEqual(await pixels(alone.outputs[0]));
  expect(alone.outputs[0]).toMatchObject({ cell: null, loras: [{ name: b?.name, strength: 1 }] });
});

test('an axis alone leaves the rest of the stack as it is, and without seeds all have one', async () => {
  const [a, b] = loras;
  const stack = [
    { loraId: a?.id, strength: 0.5 },
    { loraId: b?.id, strength: 0.3 },
  ];
  const other = { name: b?.name, strength: 0.3 };
  const strengths = await made({ prompt: 'a photo', loras: stack, grid: { strengths: [0, 2] } });
  expect(strengths.outputs.map((output: Data) => output.loras)).toEqual([
    [{ name: a?.name, strength: 0 }, other],
    [{ name: a?.name, strength: 2 }, other],
  ]);
  expect(new Set(strengths.outputs.map(({ seed }: Data) => seed)).size).toBe(1);
  const varied = await made({ prompt: 'a photo', seed: 3, loras: stack, grid: { loraIds: [b?.id, null] } });
  expect(varied.outputs.map((output: Data) => output.loras)).toEqual([
    [{ name: b?.name, strength: 0.5 }, other],
    [other],
  ]);
  const bare = await made({ prompt: 'a photo', grid: { loraIds: [a?.id] } });
  expect(bare.outputs[0].loras).toEqual([{ name: a?.name, strength: 0.8 }]);
  const seeds = await made({ prompt: 'a photo', grid: { seeds: [0, Number.MAX_SAFE_INTEGER] } });
  expect(seeds.outputs.map(({ seed }: Data) => seed)).toEqual([0, Number.MAX_SAFE_INTEGER]);
  const used = await api.graphql(
    'query ($id: ID!) { outputs(loraId: $id, first: 100) { edges { node { id } } } }',
    {
      id: a?.id,
    },
  );
  expect(used.outputs.edges.map(({ node }: Data) => node.id)).toContain(bare.outputs[0].id);
});

test('what a grid cannot be is refused, by name and number', async () => {
  const prompt = 'a photo';
  const eight = Array.from({ length: 8 }, (_, i) => i);
  expect(await start({ grid: { prompts: Array(9).fill('x'), seeds: eight } })).toMatchObject({
    ...{ code: 'GRID_TOO_LARGE', images: 72, limit: 64 },
  });
  expect(await issuesOf({ prompt, grid: {} })).toEqual(['grid']);
  expect(await issuesOf({ prompt, grid: { seeds: [] } })).toEqual(['grid.seeds']);
  expect(await issuesOf({ prompt, grid: { seeds: Array(65).fill(1) } })).toEqual(['grid.seeds']);
  expect(await issuesOf({ prompt, count: 2, seed: 1, grid: { prompts: ['a'], seeds: [1] } })).toEqual([
    ...['count', 'prompt', 'seed'],
  ]);
  expect(await issuesOf({ prompt, grid: { strengths: [1] } })).toEqual(['grid.strengths']);
  expect(await issuesOf({ grid: { prompts: ['a', ' ', 'x'.repeat(2001)] } })).toEqual([
    ...['grid.prompts.1', 'grid.prompts.2'],
  ]);
  expect(await issuesOf({ prompt, grid: { strengths: [1, 2.1], loraIds: [null] } })).toEqual([
    'grid.strengths.1',
  ]);
  expect(await issuesOf({})).toEqual(['prompt']);
  const nobody = crypto.randomUUID();
  expect(await start({ prompt, grid: { loraIds: [nobody] } })).toMatchObject({ kind: 'lora', id: nobody });
  expect(await start({ prompt, grid: { loraIds: ['x'] } })).toMatchObject({ kind: 'lora', id: 'x' });
  // It is looked at in each text of each image.
  expect(await start({ grid: { prompts: ['a', 'a __nowhere__'] } })).toMatchObject({ name: 'nowhere' });
  expect(await issuesOf({ grid: { prompts: ['a', '{trigger}'] } })).toEqual(['grid.prompts.1']);
});

test('the same again has the same texts whatever became of the list; varied draws anew with other seeds', async () => {
  const id = await wildcard('shade', ['red', 'green', 'blue', 'grey', 'black', 'white']);
  const input = { prompt: 'a {big|small} __shade__ ball', negativePrompt: '__shade__', seed: 1, count: 6 };
  const batch = await made(input);
  const textsOf = ({ outputs }: Data) => outputs.map(({ prompt }: Data) => prompt);
  expect(batch.prompt).toBe(input.prompt);
  expect(new Set(textsOf(batch)).size).toBeGreaterThan(2);
  for (const text of textsOf(batch))
    expect(text).toMatch(/^a (big|small) (red|green|blue|grey|black|white) ball$/);
  const first = Buffer.from(await (await fetch(api.url + batch.outputs[0].url)).arrayBuffer());
  const texts = Object.fromEntries(
    ((await sharp(first).metadata()).comments ?? []).map(({ keyword, text }) => [keyword, text]),
  );
  expect(JSON.parse(texts.isengard ?? '')).toMatchObject({ prompt: textsOf(batch)[0], seed: 1 });
  expect(texts.parameters).toContain(textsOf(batch)[0]);

  await api.graphql(
    'mutation ($input: UpdateWildcardInput!) { updateWildcard(input: $input) { __typename } }',
    { input: { id, values: ['pink'] } },
  );
  const same = await finished(await again({ generationId: batch.id }));
  expect(textsOf(same)).toEqual(textsOf(batch));
  const varied = await finished(await again({ generationId: batch.id, newSeed: true }));
  for (const text of textsOf(varied)) expect(text).toMatch(/^a (big|small) pink ball$/);
  await api.graphql(
    'mutation ($input: DeleteWildcardInput!) { deleteWildcard(input: $input) { __typename } }',
    {
      input: { id },
    },
  );
  expect(textsOf(await finished(await again({ generationId: varied.id })))).toEqual(textsOf(varied));
  expect(await again({ generationId: varied.id, newSeed: true })).toMatchObject({ name: 'shade' });
});

test('a grid is repeated as a grid; varied, its seeds move together', async () => {
  const grid = { prompts: ['a', 'b'], seeds: [100, 103], loraIds: [loras[1]?.id, null] };
  const first = await made({ loras: [{ loraId: loras[0]?.id, strength: 0.7 }], grid });
  const same = await finished(await again({ generationId: first.id }));
  expect(same.grid).toEqual(first.grid);
  expect(same.loras).toEqual(first.loras);
  expect(same.outputs.map(({ loras: used, seed }: Data) => [used, seed])).toEqual(
    first.outputs.map(({ loras: used, seed }: Data) => [used, seed]),
  );
  expect(hashes(same)).not.toEqual(hashes(first)); // The generation's id is written into each.
  const { grid: moved } = await finished(await again({ generationId: first.id, newSeed: true }));
  expect(moved.seeds[1] - moved.seeds[0]).toBe(3);
  expect(moved.seeds[0]).not.toBe(100);
  expect(moved.prompts).toEqual(['a', 'b']);
  const one = await made({ prompt: 'x', seed: 5, grid: { prompts: null, loraIds: [null, loras[0]?.id] } });
  const varied = await finished(await again({ generationId: one.id, newSeed: true }));
  const seeds = new Set(varied.outputs.map(({ seed }: Data) => seed));
  expect([seeds.size, seeds.has(5)]).toEqual([1, false]);
});
