import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Data } from './api.ts';
import { eventsOf, startGeneration } from './steps.ts';
import { startStudio } from './studio.ts';
import { until } from './until.ts';

const WILDCARD = `mutation ($input: CreateWildcardInput!) {
  createWildcard(input: $input) { ... on CreateWildcardSuccess { wildcard { id } } ... on UserError { message } }
}`;
const EDIT = `mutation ($input: UpdateWildcardInput!) {
  updateWildcard(input: $input) { ... on UpdateWildcardSuccess { wildcard { values } } ... on UserError { message } }
}`;
const BECOMES = `query ($prompt: String!, $seed: Seed!) {
  expandedPrompts(prompt: $prompt, seed: $seed) { ... on ExpandedPromptsSuccess { images { prompt } } }
}`;
const OUTPUTS =
  'query ($id: ID!) { generation(id: $id) { attempt outputs { index prompt seed cell { prompt seed } } } }';

test('kill -9 of the worker in the middle of a grid: the rest is made with the texts that it was started with', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '20' } });
  const first = await studio.startWorker();
  const values = ['red', 'green', 'blue', 'grey', 'black', 'white'];
  const { createWildcard } = await studio.graphql(WILDCARD, { input: { name: 'shade', values } });
  const prompts = ['a __shade__ {ball|cube}', 'a __shade__ {cat|dog}'];
  const seeds = [1, 2, 3, 4, 5, 6];
  const expected: Data[] = [];
  for (const [prompt, text] of prompts.entries())
    for (const [place, seed] of seeds.entries()) {
      const { expandedPrompts } = await studio.graphql(BECOMES, { prompt: text, seed });
      const cell = { prompt, seed: place };
      expected.push({ index: expected.length, seed, cell, prompt: expandedPrompts.images[0].prompt });
    }

  const size = { width: 256, height: 256, steps: 20 };
  const { id } = await startGeneration(studio, { ...size, grid: { prompts, seeds } });
  const history = eventsOf(studio, id);
  const generationOf = async () => (await studio.graphql(OUTPUTS, { id })).generation;
  await until(async () => (await generationOf()).outputs.length >= 2, 'some images are made');
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect((await generationOf()).outputs.length).toBeLessThan(expected.length);
  const { updateWildcard } = await studio.graphql(EDIT, {
    input: { id: createWildcard.wildcard.id, values: ['pink'] },
  });
  expect(updateWildcard.wildcard.values).toEqual(['pink']);
  await studio.startWorker();

  expect((await history).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  expect(await generationOf()).toEqual({ attempt: 2, outputs: expected });
}, 180_000);
