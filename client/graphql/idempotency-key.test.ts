import { gql } from '@urql/core';
import { expect, test } from 'vitest';
import { createKeys } from './idempotency-key.ts';

const START = gql<unknown, { input: object }>`
  mutation ($input: StartGenerationInput!, $idempotencyKey: String) {
    startGeneration(input: $input, idempotencyKey: $idempotencyKey) { __typename }
  }
`;
const CANCEL = gql<unknown, { input: object }>`
  mutation ($input: CancelJobInput!) { cancelJob(input: $input) { __typename } }
`;

const keyOf = (variables: object) => ('idempotencyKey' in variables ? variables.idempotencyKey : undefined);

test('a wish keeps its key until it is answered; another wish has another', () => {
  const keys = createKeys(START);
  const fox = { input: { prompt: 'a fox' } };
  const first = keys.withKey(fox);
  expect(first).toEqual({ ...fox, idempotencyKey: expect.any(String) });
  expect(keyOf(keys.withKey(fox))).toBe(keyOf(first));
  expect(keyOf(keys.withKey({ input: { prompt: 'a cup' } }))).not.toBe(keyOf(first));
  const again = keys.withKey(fox);
  expect(keyOf(again)).not.toBe(keyOf(first));
  keys.answered();
  expect(keyOf(keys.withKey(fox))).not.toBe(keyOf(again));
});

test('a mutation that takes no key gets none', () => {
  const variables = { input: { jobId: '1' } };
  expect(createKeys(CANCEL).withKey(variables)).toBe(variables);
});
