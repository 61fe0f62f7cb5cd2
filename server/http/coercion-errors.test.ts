import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';

const api = await startServer();
const CREATE = 'mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) { __typename } }';
const START = 'mutation ($input: StartGenerationInput!) { startGeneration(input: $input) { __typename } }';
const SECRET = 'my-secret; at "input.name"; words';

/** What is said, of which nothing may be what was sent. */
test.each<[string, object, string]>([
  [CREATE, { input: { name: { a: SECRET }, triggerWord: 'x' } }, 'at `input.name`: It must be String.'],
  [CREATE, { input: { name: SECRET } }, 'at `input`: `triggerWord` (String!) is missing.'],
  [
    CREATE,
    { input: { name: SECRET, triggerWord: null } },
    'at `input.triggerWord`: It must be String! and not null.',
  ],
  [CREATE, { input: SECRET }, 'at `input`: It must be an object, CreateCharacterInput.'],
  [
    CREATE,
    { input: { name: 'x', triggerWord: 'x', 'my-secret words': 1 } },
    'at `input`: CreateCharacterInput has no such field.',
  ],
  [START, { input: { prompt: 'x', seed: SECRET } }, 'at `input.seed`: It must be Seed.'],
  [START, { input: { prompt: 'x', count: SECRET } }, 'at `input.count`: It must be Int.'],
  [
    START,
    { input: { prompt: 'x', loras: [{ loraId: { a: SECRET } }] } },
    'at `input.loras[0].loraId`: It must be ID.',
  ],
  [
    START,
    { input: { prompt: SECRET, ipAdapter: { reference: { imageId: SECRET, outputId: SECRET } } } },
    'at `input.ipAdapter.reference`: It must have exactly one field of ImageSourceInput.',
  ],
  [
    'query ($states: [JobState!]) { jobs(states: $states) { edges { node { id } } } }',
    { states: ['QUEUED', 'my-secret words'] },
    'at `states[1]`: It must be a value of JobState.',
  ],
])('%s', async (document, variables, said) => {
  const { answer } = await api.request(document, variables);
  const messages = answer.errors?.map(({ message }) => message).join(' ') ?? '';
  expect(messages).toContain(said);
  expect(messages).not.toMatch(/secret|words/);
});
