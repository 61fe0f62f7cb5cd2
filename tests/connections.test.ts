import { beforeAll, expect, test } from 'vitest';
import type { Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { startServer } from './server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from './steps.ts';

const api = await startServer({ worker: true });
let character: Data;
let training: Data;
let generation: Data;

beforeAll(async () => {
  await createCharacter(api, 'Another');
  character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 3));
  const config = { steps: 4, sampleEvery: 10, samplePrompts: ['a', 'b'], rank: 4 };
  training = await startTraining(api, character.id, config);
  const second = await startTraining(api, character.id, config);
  await eventsOf(api, second.id);
  const { loras } = await api.graphql('{ loras(first: 1) { edges { node { id } } } }');
  const input = {
    prompt: 'a photo',
    width: 256,
    height: 256,
    steps: 2,
    count: 2,
    loras: [{ loraId: loras.edges[0].node.id }],
  };
  generation = await startGeneration(api, input);
  await eventsOf(api, (await startGeneration(api, input)).id);
}, 60_000);

/** Where each connection of the schema is found, and how many nodes it has here at least. */
const CONNECTIONS: [name: string, document: string, least: number][] = [
  ['characters', 'characters(ARGS) { PAGE }', 2],
  ['characters by name', 'characters(sort: NAME, ARGS) { PAGE }', 2],
  ['characters by change', 'characters(sort: UPDATED, ARGS) { PAGE }', 2],
  ['images', 'character(id: "CHARACTER") { images(ARGS) { PAGE } }', 3],
  ['trainings', 'trainings(characterId: "CHARACTER", states: [COMPLETED], ARGS) { PAGE }', 2],
  ['generations', 'generations(characterId: "CHARACTER", states: [COMPLETED], ARGS) { PAGE }', 2],
  ['jobs', 'jobs(ARGS) { PAGE }', 4],
  ['loras', 'loras(characterId: "CHARACTER", ARGS) { PAGE }', 2],
  ['outputs', 'outputs(characterId: "CHARACTER", ARGS) { PAGE }', 4],
  ['samples', 'training(id: "TRAINING") { samples(ARGS) { PAGE } }', 2],
  ['log lines of a training', 'training(id: "TRAINING") { log(ARGS) { LINES } }', 3],
  ['log lines of a generation', 'generation(id: "GENERATION") { log(ARGS) { LINES } }', 0],
];
const PAGE_INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

async function pageOf(document: string, args: string) {
  const filled = document
    .replace('CHARACTER', character.id)
    .replace('TRAINING', training.id)
    .replace('GENERATION', generation.id)
    .replace('ARGS', args)
    .replace('PAGE', `edges { cursor node { id } } ${PAGE_INFO}`)
    .replace('LINES', `edges { cursor node { id: cursor } } ${PAGE_INFO}`);
  let value: Data = await api.graphql(`{ ${filled} }`);
  while (!value.edges) value = Object.values(value)[0];
  return value;
}
const idsOf = (page: Data): string[] => page.edges.map(({ node }: Data) => node.id);

/** The rules of https://relay.dev/graphql/connections.htm, as far as a client relies on them. */
test.each(CONNECTIONS)('%s: pages forward and backward meet, at both ends', async (_, document, least) => {
  const whole = await pageOf(document, 'first: 100');
  const all = idsOf(whole);
  expect(all.length).toBeGreaterThanOrEqual(least);
  expect(new Set(all).size).toBe(all.length);
  expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });

  const forward: string[] = [];
  for (let args = 'first: 1'; ; ) {
    const page = await pageOf(document, args);
    forward.push(...idsOf(page));
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    if (!page.pageInfo.hasNextPage) break;
    args = `first: 1, after: "${page.pageInfo.endCursor}"`;
  }
  expect(forward).toEqual(all);

  const backward: string[] = [];
  for (let args = 'last: 1'; ; ) {
    const page = await pageOf(document, args);
    backward.unshift(...idsOf(page));
    expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor ?? null);
    if (!page.pageInfo.hasPreviousPage) break;
    args = `last: 1, before: "${page.pageInfo.startCursor}"`;
  }
  expect(backward).toEqual(all);

  await expect(pageOf(document, 'first: 1, after: "nonsense"')).rejects.toThrow('BAD_CURSOR');
  await expect(pageOf(document, 'first: 501')).rejects.toThrow('BAD_PAGE_SIZE');
  await expect(pageOf(document, 'first: -1')).rejects.toThrow('BAD_PAGE_SIZE');
});
