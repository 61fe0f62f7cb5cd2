import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';

const api = await startServer();

test('says what is running', async () => {
  const { info } = await api.graphql('{ info { name version mode } }');
  expect(info).toEqual({
    name: 'Isengard',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    mode: 'FAST_TEST',
  });
});

test('a correlation id goes in and comes out; what cannot stand in a header or a log is replaced', async () => {
  const idFor = async (given?: string) => {
    const { response } = await api.request(
      '{ info { name } }',
      {},
      given === undefined ? {} : { 'X-Correlation-ID': given },
    );
    return response.headers.get('x-correlation-id');
  };
  expect(await idFor('my-id_1.2')).toBe('my-id_1.2');
  expect(await idFor('a'.repeat(64))).toBe('a'.repeat(64));
  for (const bad of ['a'.repeat(65), 'with space', '<script>', 'a;b'])
    expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idFor()).toMatch(/^[0-9a-f-]{36}$/);
});

test('mistakes in a document are told, with the correlation id', async () => {
  const { answer } = await api.request('{ nothing }', {}, { 'X-Correlation-ID': 'abc' });
  expect(answer.errors?.[0]?.message).toContain('Cannot query field "nothing"');
  const bad = await api.request(
    '{ characters(after: "no cursor") { totalCount } }',
    {},
    { 'X-Correlation-ID': 'abc' },
  );
  expect(bad.answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_CURSOR', correlationId: 'abc' });
});

test('a form of a foreign page is refused', async () => {
  const body = new URLSearchParams({ query: 'mutation { cancelJob(input: { jobId: "1" }) { __typename } }' });
  const response = await fetch(`${api.url}/graphql`, { method: 'POST', body });
  expect(response.status).toBe(415);
  const plain = await fetch(`${api.url}/graphql`, { method: 'POST', body: '{"query":"{info{name}}"}' });
  expect(plain.status).toBe(415);
});

test('the playground is served whole, with its tabs', async () => {
  const page = await fetch(`${api.url}/graphql`, { headers: { Accept: 'text/html' } });
  const html = await page.text();
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(html).toContain('CreateCharacter');
  expect(html).not.toContain('unpkg.com');
});

test('capabilities describe every parameter', async () => {
  const PARAMETER = `__typename name label description group isAdvanced unit unsupported
    ... on NumberParameter { isInteger minimum maximum step defaultNumber }
    ... on ChoiceParameter { defaultChoice options { value label unsupported } }
    ... on BooleanParameter { defaultBoolean }
    ... on TextParameter { maxLength defaultText }`;
  const { capabilities } = await api.graphql(`{
    capabilities {
      training { engine label health { isHealthy message } baseModels { id label description resolutions } parameters { ${PARAMETER} } }
      generation { engine label health { isHealthy message } baseModels { id } parameters { ${PARAMETER} }
        toggles { name label description unsupported parameters { ${PARAMETER} } } }
      video { unsupported }
    }
  }`);
  const named = (list: Data[], name: string) => list.find((parameter) => parameter.name === name);
  expect(capabilities.training.health).toEqual({ isHealthy: false, message: 'No worker runs it.' });
  expect(named(capabilities.training.parameters, 'steps')).toMatchObject({
    isInteger: true,
    minimum: 1,
    maximum: 20_000,
  });
  expect(
    named(capabilities.training.parameters, 'optimizer').options.map(({ value }: Data) => value),
  ).toEqual(['ADAMW8BIT', 'ADAMW', 'PRODIGY']);
  expect(named(capabilities.generation.parameters, 'sampler').options.length).toBeGreaterThan(1);
  expect(capabilities.generation.toggles.map(({ name }: Data) => name)).toEqual([
    'initImage',
    'controlNet',
    'ipAdapter',
    'faceDetailer',
    'upscale',
  ]);
  for (const parameter of [...capabilities.training.parameters, ...capabilities.generation.parameters])
    expect(parameter.description.length, parameter.name).toBeGreaterThan(10);
});

test('video has its shape and says that there is nothing behind it yet', async () => {
  const { startVideo } = await api.graphql(`mutation {
    startVideo(input: { prompt: "a walk" }) { __typename ... on NotImplemented { code message feature } }
  }`);
  const { capabilities } = await api.graphql('{ capabilities { video { unsupported } } }');
  expect(startVideo).toEqual({
    __typename: 'NotImplemented',
    code: 'NOT_IMPLEMENTED',
    feature: 'video',
    message: capabilities.video.unsupported,
  });
});

test('a mistake over the socket ends its own subscription and no other', async () => {
  const bad = (async () => {
    for await (const _ of api.subscribe('subscription { nothing }')) expect.unreachable();
  })();
  await expect(bad).rejects.toBeTruthy();
  const events: Data[] = [];
  for await (const { jobEvents } of api.subscribe('subscription { jobEvents(jobId: "1") { cursor } }'))
    events.push(jobEvents);
  expect(events).toEqual([null]);
});

test('what comes in a form that the caller does not accept is refused, and no subscription is left behind', async () => {
  const ask = (query: string, accept: string) =>
    fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: accept },
      body: JSON.stringify({ query }),
    });
  for (const [query, accept] of [
    ['subscription { jobUpdates { __typename } }', 'application/json'],
    ['subscription { jobUpdates { __typename } }', 'image/png'],
    ['{ info { name } }', 'image/png'],
  ] as const) {
    const response = await ask(query, accept);
    expect([response.status, await response.json()]).toMatchObject([
      406,
      { errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] },
    ]);
  }
  expect((await ask('{ info { name } }', '*/*')).status).toBe(200);
});
