import { serverAudits } from 'graphql-http';
import { expect, test, vi } from 'vitest';
import { firstOwner, newBearer } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const api = await startServer();
const owner = await firstOwner(api.url);
const authorization = await newBearer(owner);

const audits = serverAudits({
  url: `${api.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), authorization } }),
});

test('there are as many audits as GraphQL over HTTP has', () => {
  expect(audits).toHaveLength(61);
});

/** https://graphql.github.io/graphql-over-http/draft/ */
test.each(audits)('$id $name', async ({ fn }) => {
  const result = await fn();
  expect(result).toMatchObject({ status: 'ok' });
});
