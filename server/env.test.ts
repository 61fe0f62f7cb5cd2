import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnv, VARIABLES } from './env.ts';

const example = await readFile(join(import.meta.dirname, '../.env.example'), 'utf8');
const [product = '', development = ''] = example.split(/^# ── Development.*$/m);
const given = (text: string) =>
  [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = '', value]) => ({ name, value }));

test('.env.example lists every variable that the product reads, and no other', () => {
  expect(
    given(product)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...VARIABLES].sort());
});

test('.env.example shows the defaults', () => {
  const defaults = readEnv({ VOLUME_ROOT: './data' });
  const shown = readEnv(Object.fromEntries(given(product).map(({ name, value }) => [name, value])));
  const {
    DATABASE_URL,
    PUBLIC_URL,
    CORS_ORIGINS,
    TRUSTED_PROXIES,
    MAX_UPLOADED_GB,
    COMFYUI_MODELS_DIR,
    AI_TOOLKIT_DIR,
    AI_TOOLKIT_PYTHON,
    HF_TOKEN,
    FAST_TEST_FAULT,
    FAILPOINT,
    ...rest
  } = shown;
  expect({ ...rest, CORS_ORIGINS: [], TRUSTED_PROXIES: [] }).toEqual(defaults);
  // They have no default, so the file shows an example.
  expect({
    DATABASE_URL,
    PUBLIC_URL,
    CORS_ORIGINS,
    TRUSTED_PROXIES,
    MAX_UPLOADED_GB,
    COMFYUI_MODELS_DIR,
    AI_TOOLKIT_DIR,
    AI_TOOLKIT_PYTHON,
    HF_TOKEN,
    FAST_TEST_FAULT,
    FAILPOINT,
  }).toEqual({
    COMFYUI_MODELS_DIR: expect.any(String),
    AI_TOOLKIT_DIR: expect.any(String),
    AI_TOOLKIT_PYTHON: expect.any(String),
    HF_TOKEN: expect.any(String),
    PUBLIC_URL: expect.stringContaining('https://'),
    CORS_ORIGINS: [expect.stringContaining('https://'), expect.any(String)],
    TRUSTED_PROXIES: [
      { address: '127.0.0.1', bits: 32, family: 'ipv4' },
      { address: '10.0.0.0', bits: 8, family: 'ipv4' },
    ],
    DATABASE_URL: expect.stringContaining('postgres://'),
    MAX_UPLOADED_GB: expect.any(Number),
    FAST_TEST_FAULT: expect.any(String),
    FAILPOINT: expect.any(String),
  });
});

test.each(['CLIENT_PORT', 'BIOME_BINARY', 'CHROMIUM_PATH'])('.env.example tells developers of %s', (name) => {
  expect(given(development).map((variable) => variable.name)).toContain(name);
});

test('an empty value counts as not set', () => {
  expect(readEnv({ PORT: '', ISENGARD_MODE: '' })).toMatchObject({ PORT: 3000, ISENGARD_MODE: 'fast-test' });
});

test.each([
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['ISENGARD_MODE', 'fast'],
  ['DATABASE_URL', 'mysql://localhost/isengard'],
  ['LOG_LEVEL', 'loud'],
  ['WORKER_KINDS', 'training,video'],
  ['PUBLIC_URL', 'studio.example.com'],
  ['PUBLIC_URL', 'https://example.com/studio'],
  ['CORS_ORIGINS', 'null'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://app.example.com/'],
  ['TRUSTED_PROXIES', 'proxy.example.com'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', '::1/'],
  ['RATE_LIMIT', '-1'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readEnv({ [name]: value })).toThrow(`The environment variable ${name} is not usable: `);
});

test('it is not opened to a network without accounts, nor without a name', () => {
  expect(() => readEnv({ HOST: '0.0.0.0', PUBLIC_URL: 'http://a.example', ISENGARD_AUTH: 'off' })).toThrow(
    'ISENGARD_AUTH=off lets everybody in who can reach it',
  );
  expect(() => readEnv({ HOST: '0.0.0.0' })).toThrow('set PUBLIC_URL');
  expect(readEnv({ HOST: '0.0.0.0', PUBLIC_URL: 'http://a.example' })).toMatchObject({ ISENGARD_AUTH: 'on' });
  for (const more of [
    { PUBLIC_URL: 'https://a.example' },
    { TRUSTED_PROXIES: '127.0.0.1' },
    { CORS_ORIGINS: 'https://a.example' },
  ])
    expect(() => readEnv({ ISENGARD_AUTH: 'off', ...more })).toThrow('for one machine alone');
  expect(readEnv({ HOST: '127.0.0.2', ISENGARD_AUTH: 'off' })).toMatchObject({ ISENGARD_AUTH: 'off' });
});
