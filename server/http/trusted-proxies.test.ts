import { expect, test, vi } from 'vitest';
import { firstOwner, newBearer } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
  // The test's own address is the proxy.
  process.env.TRUSTED_PROXIES = '127.0.0.1,::1,10.0.0.0/8';
});

const api = await startServer();
const owner = await firstOwner(api.url);
const key = await newBearer(owner);

const ask = (from: string, authorization: string) =>
  fetch(`${api.url}/graphql?query={info{name}}`, {
    headers: { 'X-Forwarded-For': from, Authorization: authorization, Accept: 'application/json' },
  });
const wrongKey = (i: number) => `Bearer isengard_${String(i).padStart(43, 'x')}`;

/** Until no more keys are looked at, from addresses that are counted as one. */
async function tryKeys(from: (i: number) => string) {
  for (let i = 0; i < 60; i++) expect((await ask(from(i), wrongKey(i))).status).toBe(401);
}

test('keys are not tried without end from one address; other addresses behind the same proxy are not blamed', async () => {
  await tryKeys(() => '198.51.100.7');
  const refused = await ask('198.51.100.7', wrongKey(60));
  expect([refused.status, await refused.json()]).toMatchObject([
    429,
    { errors: [{ extensions: { code: 'RATE_LIMITED', limit: 60 } }] },
  ]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // Not even the right one is looked at, or it would be found by trying on.
  expect((await ask('198.51.100.7', key)).status).toBe(429);
  expect((await ask('198.51.100.8', key)).status).toBe(200);
});

test('only what our proxies wrote is believed, from the end', async () => {
  await tryKeys((i) => `192.0.2.${i}, 203.0.113.5, 10.1.2.3`);
  expect((await ask('192.0.2.99, 203.0.113.5', key)).status).toBe(429);
  // The address of a proxy that is not ours is the client's.
  expect((await ask('203.0.113.5, 203.0.113.6', key)).status).toBe(200);
  expect((await ask('203.0.113.5:4711', key)).status).toBe(429);
});

test('a customer of IPv6 has a /64 of addresses, and is counted as one', async () => {
  await tryKeys((i) => `2001:db8:1:2:${i + 1}::${i + 1}`);
  expect((await ask('2001:0DB8:0001:0002::ffff', key)).status).toBe(429);
  expect((await ask('[2001:db8:1:2::1]:443', key)).status).toBe(429);
  expect((await ask('2001:db8:1:3::1', key)).status).toBe(200);
});

test('what is no address is not believed', async () => {
  // All of these are the proxy itself.
  await tryKeys(
    (i) => ['', 'unknown', '999.1.1.1', 'evil.example', '_hidden', `198.51.100.9, ${i}`][i % 6] ?? '',
  );
  expect((await ask('nonsense', key)).status).toBe(429);
  expect((await ask('198.51.100.10', key)).status).toBe(200);
});

test('the address is noted where it matters', async () => {
  const answer = await owner.ask('{ auditLog(first: 5) { edges { node { address } } } }');
  expect(answer.data.auditLog.edges[0].node.address).toBe('127.0.0.1');
  const body = JSON.stringify({
    query: 'mutation { signIn(input: { name: "nobody", password: "x" }) { __typename } }',
  });
  await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '198.51.100.20' },
    body,
  });
  const after = await owner.ask('{ auditLog(first: 1) { edges { node { address } } } }');
  expect(after.data.auditLog.edges[0].node.address).toBe('198.51.100.20');
});

test('passwords cannot be tried from each address of a /64 anew', async () => {
  const guess = async (from: string) => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': from },
      body: JSON.stringify({
        query: 'mutation { signIn(input: { name: "Olga", password: "a wrong one" }) { __typename } }',
      }),
    });
    return (await response.json()).data.signIn.__typename;
  };
  const outcomes: string[] = [];
  for (let i = 1; i <= 12; i++) outcomes.push(await guess(`2001:db8:7:7::${i}`));
  expect(outcomes.filter((outcome) => outcome === 'WrongCredentials')).toHaveLength(10);
  expect(await guess('2001:db8:7:8::1')).toBe('WrongCredentials');
});
