import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { MULTIPART_HEADERS, multipartBody } from '#tests/uploads.ts';

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

test('an encoding that unpacks to more is refused, whatever it is', async () => {
  const packed = gzipSync(JSON.stringify({ query: '{ info { name } }' }));
  for (const [type, extra] of [
    ['application/json'],
    [MULTIPART_HEADERS['Content-Type'], { 'X-Isengard-Upload': '1' }],
  ] as const)
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, identity', 'x']) {
      const response = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': type, 'Content-Encoding': encoding, ...extra },
        body: packed,
      });
      expect([response.status, response.headers.get('accept-encoding'), await response.json()]).toMatchObject(
        [415, 'identity', { errors: [{ extensions: { code: 'UNSUPPORTED_CONTENT_ENCODING' } }] }],
      );
    }
  const plain = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_HEADERS, 'Content-Encoding': 'identity' },
    body: JSON.stringify({ query: '{ info { name } }' }),
  });
  expect(plain.status).toBe(200);
});

test('a list of operations is refused, as JSON and as multipart', async () => {
  const list = JSON.stringify([{ query: '{ info { name } }' }, { query: '{ info { name } }' }]);
  const form = multipartBody([
    { name: 'operations', value: list },
    { name: 'map', value: '{}' },
  ]);
  const answers = [
    await fetch(`${api.url}/graphql`, { method: 'POST', headers: JSON_HEADERS, body: list }),
    await fetch(`${api.url}/graphql`, { method: 'POST', headers: MULTIPART_HEADERS, body: form }),
  ];
  for (const response of answers)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      {
        errors: [
          {
            message: 'A request has 1 operation, and a body is no list of them.',
            extensions: { code: 'BATCHING_NOT_SUPPORTED', limit: 1 },
          },
        ],
      },
    ]);
});
