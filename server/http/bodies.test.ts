import { once } from 'node:events';
import { IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { startServer } from '#tests/server.ts';
import { MULTIPART_HEADERS, multipartBody, newCharacter, uploadFields } from '#tests/uploads.ts';

const api = await startServer();
const KB = 1024;
const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };
const MALFORMED = 'This request is malformed: an operation is a JSON object with `query` and `variables`.';

async function post(body: BodyInit) {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: JSON_HEADERS,
    body,
    ...{ duplex: 'half' },
  });
  const answer = await response.text();
  return { status: response.status, answer, errors: JSON.parse(answer).errors };
}

const big = (kB: number) => 'x'.repeat(kB * KB);
const CREATE = 'mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) { __typename } }';

test('an operation that is too large is refused, however its size is told', async () => {
  const told = { code: 'REQUEST_TOO_LARGE' };
  const message = 'An operation may have 256 kB; files are sent as multipart/form-data.';
  for (const body of [
    `{"query":"${big(300)}`,
    JSON.stringify({ query: '{ info { name } }', variables: { unused: big(300) } }),
    new Blob([big(300)]).stream(),
  ]) {
    const { status, answer, errors } = await post(body);
    expect([status, errors]).toEqual([413, [{ message, extensions: expect.objectContaining(told) }]]);
    expect(answer.length).toBeLessThan(1000);
  }
});

test('an operation that never ends is answered, and its connection closed', async () => {
  const req = request(`${api.url}/graphql`, { method: 'POST', headers: JSON_HEADERS });
  req.on('error', () => {});
  const closed = new Promise((resolve) => req.once('close', resolve));
  req.write(big(300));
  const [response] = await once(req, 'response');
  expect(response.statusCode).toBe(413);
  expect(await json(response)).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_TOO_LARGE' } }] });
  await closed;
});

test('one that is declared too large is refused before it is sent', async () => {
  const req = request(`${api.url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_HEADERS, 'Content-Length': 2 ** 33 },
  });
  req.on('error', () => {});
  req.flushHeaders();
  const [response] = await once(req, 'response');
  expect(response.statusCode).toBe(413);
  req.destroy();
});

test('what is no operation is answered in words that are ours', async () => {
  for (const body of ['', '{"secret', 'secret', '"secret"', '7', 'null', `{"${big(200)}`]) {
    const { status, errors } = await post(body);
    expect([status, errors]).toEqual([
      400,
      [{ message: MALFORMED, extensions: { code: 'BAD_REQUEST', correlationId: expect.any(String) } }],
    ]);
  }
});

test('an answer about a large operation is small', async () => {
  const large = big(200);
  const operations = [
    { query: `{ ${large} }` },
    { query: `{ info(${large}: 1) { name } }` },
    { query: `{ info { name } ] ${large}` },
    { query: `{ info { name } } "${large}"` },
    { query: CREATE, variables: { input: { name: large.split('x'), triggerWord: 'a' } } },
    { query: CREATE, variables: { input: large } },
    { query: CREATE, variables: { input: { [large]: 1, name: 'a', triggerWord: 'a' } } },
    { query: '{ info { name } }', operationName: large },
    { query: '{ info { name } }', [large]: 1 },
  ];
  for (const operation of operations) {
    const { answer, errors } = await post(JSON.stringify(operation));
    expect(errors.length).toBeGreaterThan(0);
    for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(500);
    expect(answer.length).toBeLessThan(2000);
  }
});

test('over the socket, too', async () => {
  const large = big(200);
  const QUERY = 'query ($id: ID!) { character(id: $id) { id } }';
  for (const [query, variables] of [
    [`{ ${large} }`],
    [`{ info { name } ] ${large}`],
    [QUERY, { id: [large] }],
  ] as const) {
    const failure: unknown = await api
      .subscribe(query, variables)
      .next()
      .catch((error) => error);
    // Before the operation starts the protocol has an error of its own, afterwards it is a result.
    const told = failure instanceof Error ? failure.message : JSON.stringify(failure);
    expect(told).toContain('correlationId');
    expect(told.length).toBeLessThan(2000);
  }
});

test('a query in the address is bounded, and read with the same care', async () => {
  const get = (query: string) => fetch(`${api.url}/graphql?${query}`, { headers: JSON_HEADERS });
  expect((await get('query={info{name}}&variables={}')).status).toBe(200);
  expect((await get(`query={info{name}}&unused=${big(20)}`)).status).toBe(431);
  const malformed = await get(`query={info{name}}&variables={secret`);
  expect([malformed.status, await malformed.json()]).toEqual([
    400,
    { errors: [{ message: MALFORMED, extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) }] },
  ]);
  expect((await (await get(`query={${'x'.repeat(10_000)}}`)).text()).length).toBeLessThan(2000);
});

test('a client that falls silent in the middle of a body is let go', async () => {
  const characterId = await newCharacter(api, 'silence');
  const realSetTimeout = IncomingMessage.prototype.setTimeout;
  // The minute that a client has, shortened; the rest is as it is.
  const shortened = vi.spyOn(IncomingMessage.prototype, 'setTimeout').mockImplementation(function (
    this: IncomingMessage,
    ms,
    callback,
  ) {
    expect([0, 60_000]).toContain(ms);
    return realSetTimeout.call(this, ms && 200, callback);
  });
  const start = multipartBody(
    [...uploadFields(characterId, 1), { name: '0', fileName: 'a.jpg', bytes: Buffer.alloc(99) }],
    '',
  );
  for (const [headers, body] of [
    [MULTIPART_HEADERS, start],
    [JSON_HEADERS, '{"query":'],
  ] as const) {
    const req = request(`${api.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': 10_000 },
    });
    req.on('error', () => {});
    const closed = new Promise((resolve) => req.once('close', resolve));
    req.write(body);
    await closed;
  }
  shortened.mockRestore();
  // Who has sent all has all the time for the answer, and keeps the connection.
  expect((await api.graphql('{ info { name } }')).info.name).toBe('Isengard');
});
