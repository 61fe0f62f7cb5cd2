import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { createCharacter } from '#tests/steps.ts';

const api = await startServer();
const other = postgres(process.env.DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
afterAll(() => other.end());

const LIST = '{ characters(first: 1) { totalCount } }';

test('when every connection hangs, requests are refused in good time, and all is well when they hang no longer', async () => {
  await createCharacter(api);
  const answered: number[] = [];
  const ask = () =>
    api.request(LIST).then((answer) => {
      answered.push(answer.response.status);
      return answer;
    });

  const { requests, refusal, health, ready } = await other.begin(async (holder) => {
    await holder`lock table characters`;
    const requests = Array.from({ length: 30 }, ask);
    const refusal = await Promise.race(requests);
    const [health, ready] = await Promise.all(
      ['healthz', 'readyz'].map((path) => fetch(`${api.url}/${path}`)),
    );
    return { requests, refusal, health, ready };
  });

  expect(refusal.response.status).toBe(503);
  expect(refusal.response.headers.get('retry-after')).toBe('1');
  expect(refusal.answer.errors?.[0]).toMatchObject({
    message: 'The database is too busy; try again.',
    extensions: { code: 'OVERLOADED', correlationId: expect.any(String) },
  });
  expect(health?.status).toBe(200);
  expect(ready?.status).toBe(503);
  expect(await ready?.json()).toMatchObject({ status: 'not ready', checks: { volume: 'ok' } });

  await Promise.all(requests);
  expect(new Set(answered)).toEqual(new Set([200, 503]));
  expect(await api.graphql(LIST)).toEqual({ characters: { totalCount: 1 } });
});

test('a socket gets the same refusal, and stays open', async () => {
  const message = await other.begin(async (holder) => {
    await holder`lock table characters`;
    const answers = Array.from({ length: 12 }, () =>
      api
        .subscribe(LIST)
        .next()
        .catch((error: Error) => error.message),
    );
    return Promise.race(answers);
  });
  expect(JSON.parse(String(message))).toMatchObject([{ extensions: { code: 'OVERLOADED' } }]);
  expect(String(message)).not.toContain('http');
  for await (const answer of api.subscribe(LIST)) expect(answer.characters.totalCount).toBe(1);
});
