import { symbols } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Data } from '#tests/api.ts';
import { log } from './log.ts';

let written: string[] = [];

beforeEach(() => {
  written = [];
  log.level = 'info';
  const stream = (log as unknown as Record<symbol, { write: (line: string) => unknown }>)[symbols.streamSym];
  if (!stream) throw new Error('pino has no stream any more');
  vi.spyOn(stream, 'write').mockImplementation((line) => written.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  log.level = 'silent';
});

/** What became of a value in the one line that is written for it. */
function logged(value: unknown): Data {
  written = [];
  log.info({ value }, 'A line');
  expect(written).toHaveLength(1);
  const [line = ''] = written;
  expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
  expect(line.length).toBeLessThan(100_000);
  return JSON.parse(line).value;
}

const mixed = (length: number) => 'aB3dE5fG7hJ9'.repeat(10).slice(0, length);
const JWT = `eyJ${mixed(17)}.eyJ${mixed(30)}.${mixed(43)}`;
const OWN = `isengard_${mixed(20)}-_${mixed(21)}`;
const basic = (words: string) => Buffer.from(words).toString('base64');

/** What is written, with the secret that must be gone, and what is left. */
const SECRETS: [name: string, text: string, left: string][] = [
  ['Hugging Face', `token hf_${mixed(34)} is used`, 'token [redacted] is used'],
  ['Hugging Face, of an organisation', `api_org_${mixed(34)}`, '[redacted]'],
  ['OpenAI', `with sk-${mixed(48)}.`, 'with [redacted].'],
  ['OpenAI, of a project', `sk-proj-${mixed(40)}_x-1`, '[redacted]'],
  ['Anthropic', `"sk-ant-api03-${mixed(40)}"`, '"[redacted]"'],
  ['Stripe', `sk_live_${mixed(24)}`, '[redacted]'],
  ['GitHub, classic', `ghp_${mixed(36)}`, '[redacted]'],
  ['GitHub, OAuth', `x=gho_${mixed(36)}`, 'x=[redacted]'],
  ['GitHub, user to server', `ghu_${mixed(36)}`, '[redacted]'],
  ['GitHub, server to server', `ghs_${mixed(36)}`, '[redacted]'],
  ['GitHub, refresh', `ghr_${mixed(36)}`, '[redacted]'],
  ['GitHub, fine-grained', `github_pat_${mixed(22)}_${mixed(59)}`, '[redacted]'],
  ['GitHub in a URL', `https://ghp_${mixed(36)}@github.com/a/b`, 'https://[redacted]@github.com/a/b'],
  ['GitLab', `glpat-${mixed(20)}`, '[redacted]'],
  ['npm', `npm_${mixed(36)}`, '[redacted]'],
  ['RunPod', `rpa_${mixed(40)}`, '[redacted]'],
  ['AWS key', 'AKIAIOSFODNN7EXAMPLE in use', '[redacted] in use'],
  ['AWS key for a session', 'ASIAIOSFODNN7EXAMPLE', '[redacted]'],
  ['AWS secret', `AWS_SECRET_ACCESS_KEY=${mixed(20)}/+${mixed(18)}`, 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  ['AWS secret in its file', `aws_secret_access_key = ${mixed(40)}`, 'aws_secret_access_key = [redacted]'],
  ['AWS session', `aws_session_token = ${mixed(80)}==`, 'aws_session_token = [redacted]'],
  ['Google', `AIza${mixed(35)}`, '[redacted]'],
  ...[...'abprs'].map((kind): [string, string, string] => [
    `Slack xox${kind}`,
    `xox${kind}-123456789012-${mixed(24)}`,
    '[redacted]',
  ]),
  ['Slack app', `xapp-1-A0123-${mixed(30)}`, '[redacted]'],
  ['Slack hook', `hooks.slack.com/services/T0/B0/${mixed(24)}`, 'hooks.slack.com/services/[redacted]'],
  ['JWT', `got ${JWT}, bad`, 'got [redacted], bad'],
  ['JWT without a signature', `eyJ${mixed(17)}.eyJ${mixed(30)}.`, '[redacted]'],
  ['JWE', `eyJ${mixed(17)}..${mixed(16)}.${mixed(40)}.${mixed(22)}`, '[redacted]'],
  ['bearer', `Bearer ${mixed(12)}`, 'Bearer [redacted]'],
  ['bearer in lower case', `bearer   ${mixed(30)}==`, 'bearer   [redacted]'],
  ['bearer of letters', `Bearer ${'abcdefghij'.repeat(3)}`, 'Bearer [redacted]'],
  ['basic', `Basic ${basic('mara:a good password')}`, 'Basic [redacted]'],
  ['basic without a name', `sent Basic ${basic(':hunter2')} twice`, 'sent Basic [redacted] twice'],
  [
    'header',
    'Authorization: Digest username="x", response="y"\nHost: x',
    'Authorization: [redacted]\nHost: x',
  ],
  ['short bearer in its header', 'authorization: Bearer abc', 'authorization: [redacted]'],
  ['cookies', 'Cookie: a=1; isengard=2\nHost: x', 'Cookie: [redacted]\nHost: x'],
  ['set cookie', 'set-cookie: isengard=abc; Path=/', 'set-cookie: [redacted]'],
  ['our cookie', `isengard=${mixed(43)}; other`, '[redacted]; other'],
  ['our cookie by https', `__Host-isengard=${mixed(43)}`, '__Host-[redacted]'],
  ['our API key', `key ${OWN}!`, 'key [redacted]!'],
  ['set-up link', `http://localhost:3000/set-up#${mixed(43)}`, 'http://localhost:3000/set-up#[redacted]'],
  ['join link', `open https://a.example/join#${mixed(43)} now`, 'open https://a.example/join#[redacted] now'],
  ['database URL', 'postgres://isengard:hunter2@db:5432/x', 'postgres://isengard:[redacted]@db:5432/x'],
  ['password with @ and :', 'at redis://:p@ss:w@host/0', 'at redis://:[redacted]@host/0'],
  ['proxy', 'HTTPS_PROXY=http://me:secret@proxy', 'HTTPS_PROXY=http://me:[redacted]@proxy'],
  ['query', '/a?token=abc&b=1', '/a?token=[redacted]&b=1'],
  ['query, snake case', '?x=1&access_token=abc#top', '?x=1&access_token=[redacted]'],
  ['query with a key', `?key=${mixed(20)}&v=1`, '?key=[redacted]&v=1'],
  ['environment', 'RUNPOD_API_KEY=abc HF_TOKEN=def', 'RUNPOD_API_KEY=[redacted] HF_TOKEN=[redacted]'],
  ['environment of libpq', 'PGPASSWORD=hunter2 psql', 'PGPASSWORD=[redacted] psql'],
  ['quoted', `password='a b c' next`, `password='[redacted]' next`],
  ['YAML', 'client_secret: hunter2\nport: 1', 'client_secret: [redacted]\nport: 1'],
  ['JSON', '{"password":"a\\"b","n":1}', '{"password":"[redacted]","n":1}'],
  ['JSON, a number', '{"pwd": 1234, "n": 1}', '{"pwd": [redacted], "n": 1}'],
  ['JSON, a list', '{"secrets":["a","b"],"n":[1]}', '{"secrets":[redacted],"n":[1]}'],
  ['JSON, camel case', '{"a":{"refreshToken":"x"}}', '{"a":{"refreshToken":"[redacted]"}}'],
  ['JSON in JSON', '{"body":"{\\"apiKey\\":\\"x\\\\\\"y\\"}"}', '{"body":"{\\"apiKey\\":\\"[redacted]\\"}"}'],
  ['JSON, cut', '{"secret":"abc', '{"secret":"[redacted]"'],
  [
    'private key',
    `-----BEGIN RSA PRIVATE KEY-----\n${mixed(60)}\n-----END RSA PRIVATE KEY-----`,
    '[redacted]',
  ],
  ['private key, cut', `-----BEGIN PRIVATE KEY-----\n${mixed(60)}`, '[redacted]'],
  ['home on Linux', 'at /home/mara/isengard/data', 'at ~/isengard/data'],
  ['home on macOS', 'file:///Users/mara%20v/x.ts:1:2', 'file://~/x.ts:1:2'],
  ['home of root', '"/root/.cache" and /root', '"~/.cache" and ~'],
  ['home on Windows', 'C:\\Users\\Mara\\data', '~\\data'],
];

/** Near misses: words, ids, hashes, addresses, and what our own lines have in them. */
const PLAIN = [
  'task-1234567890abcdefghij1234 and risk-1234567890abcdefghij1234',
  'disk-a1b2c3d4e5f6a7b8c9d0e1f2',
  'sk-learn, sk-1234',
  'sk-learn-and-its-many-friends',
  'a hf_model_name and hf_hub',
  'xhf_aB3dE5fG7hJ9aB3dE5fG7hJ9aB3d',
  'ghp_short and ghx_aB3dE5fG7hJ9aB3dE5fG7hJ9aB3dE5',
  'github_pattern_of_things',
  'rpa_bot',
  'AKIA and AKIASHORT, XAKIAIOSFODNN7EXAMPLE',
  'AKIAIOSFODNN7EXAMPLELONGER',
  'xoxo-love',
  'eyJhbGciOiJIUzI1NiJ9',
  'eyJ.a.b',
  'version 1.2.3.4',
  'a bearer token is needed',
  'Bearer authentication.',
  'Basic authentication, basic functionality, Basic information',
  'Basic dG9rZW4=',
  'postgres://isengard@localhost:5432/isengard',
  'http://localhost:3000/a@b',
  'https://example.com:8443/?mail=mara@example.com',
  'mailto:mara@example.com',
  'http://[::1]:3000/',
  'Unexpected token } in JSON at position 3',
  'no password, no secret',
  'maxTokens: 77, tokens=123',
  'tokenizer: clip, tokenizer_max_length=77',
  'pad_token=<pad>, trigger_token: mara7, max_token_length: 225',
  'keyboard=de, monkey: 3, turkey=1',
  'passwordless=1',
  'the secretary: Mara',
  'apiKeyId=01900000-0000-7000-8000-000000000000',
  'tokenExpiresAt=2026-01-01T00:00:00Z',
  'idempotencyKey=aB3dE5fG7hJ9aB3dE5fG',
  'correlationId=01900000-0000-7000-8000-000000000000',
  'triggerWord=mara7',
  'key=characters/01900000-0000-7000-8000-000000000000/images/ab12.jpg',
  'key: cache/thumbnails/ab/ab12cd34ab12cd34ab12cd34ab12cd34-256.webp',
  'key=01900000-0000-7000-8000-000000000000',
  'authorised by the author, authority=none',
  'ISENGARD_AUTH=off: whoever reaches this server may do everything',
  'password=null token=false',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'isengard_short and isengard=1',
  'https://example.com/page#section-2',
  '/homework/mara and /api/home/mara and ./home/mara',
  '/rootfs /root-ca /root.pem /chroot/x',
  '/data/Users/x',
  '12:30:45 a:b c=d "e":"f" {"g":[1,{"h":null}]}',
  'Ein Schlüssel: „geheim“ 鍵 🔑',
];

describe('texts', () => {
  test.each(SECRETS)('%s', (_, text, left) => {
    expect(logged(text)).toBe(left);
    log.info(text);
    expect(JSON.parse(written.at(-1) ?? '').message).toBe(left);
  });

  test.each(PLAIN)('stays: %s', (text) => {
    expect(logged(text)).toBe(text);
  });

  test('a line that was redacted is not changed by doing it again', () => {
    for (const [, , left] of SECRETS) expect(logged(left)).toBe(left);
  });
});

describe('values', () => {
  test('fields are known by the words of their names', () => {
    const given = {
      password: 'a',
      apiKey: 'b',
      API_KEY: 'b',
      'x-api-key': 'b',
      private_key: 'c',
      accessToken: 'd',
      Authorization: 'e',
      cookies: { a: 1 },
      pin: 1234,
      passcode: 1234,
      credentials: ['x'],
      secret: Buffer.from('x'),
      deep: [{ clientSecret: 'f' }],
    };
    expect(logged(given)).toEqual({
      ...Object.fromEntries(Object.keys(given).map((name) => [name, '[redacted]'])),
      pin: 1234,
      deep: [{ clientSecret: '[redacted]' }],
    });
  });

  test('fields that are about a secret, or another kind of key, stay', () => {
    const given = {
      key: 'characters/1/images/a.jpg',
      idempotencyKey: 'aB3dE5fG7hJ9aB3dE5fG',
      thumbnailKey: 'x',
      apiKeyId: 'x',
      tokenCount: 7,
      tokens: 77,
      maxTokens: 77,
      passwordChangedAt: '2026-01-01',
      cookieName: 'isengard',
      triggerWord: 'mara7',
      correlationId: 'x',
      password: null,
      hasPassword: true,
      secretary: 'x',
    };
    expect(logged(given)).toEqual(given);
  });

  test('a map has names too, and a set is a list', () => {
    const map = new Map<unknown, unknown>([
      ['token', 'x'],
      ['step', 1],
      ['run', () => 'never called'],
    ]);
    expect(logged(map)).toEqual({ token: '[redacted]', step: 1 });
    expect(logged(new Set(['a', `hf_${mixed(34)}`]))).toEqual(['a', '[redacted]']);
  });

  test('errors say their message, code and causes, and nothing that libraries hang onto them', () => {
    const cause = Object.assign(new Error('at postgres://a:b@c', { cause: new Error('token=x') }), {
      code: 'ECONNREFUSED',
    });
    const error = Object.assign(new TypeError(`no ${OWN}`, { cause }), { request: { password: 'x' } });
    expect(logged([error])).toEqual([
      {
        type: 'TypeError',
        message: 'no [redacted]',
        stack: expect.stringMatching(/^TypeError: no \[redacted\]\n {4}at /),
        cause: {
          message: 'at postgres://a:[redacted]@c',
          code: 'ECONNREFUSED',
          cause: { message: 'token=[redacted]' },
        },
      },
    ]);
    expect(logged(new AggregateError([new Error('a'), 'b'], 'all'))).toMatchObject({
      errors: [{ message: 'a' }],
    });
    log.error(error);
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ error: { message: 'no [redacted]' } });
  });

  test('errors that go round in circles end', () => {
    const error = new Error('a');
    error.cause = error;
    expect(JSON.stringify(logged(error)).length).toBeLessThan(5_000);
  });

  test('numbers, dates, bytes and nothing are written as JSON can have them', () => {
    const given = {
      a: Number.NaN,
      b: 1n,
      c: new Date(0),
      d: Buffer.from('secret'),
      e: undefined,
      f: () => 1,
    };
    expect(
      logged({ ...given, g: new Date(Number.NaN), h: new URL('http://a:b@c/'), i: [undefined] }),
    ).toEqual({
      a: 'NaN',
      b: '1',
      c: '1970-01-01T00:00:00.000Z',
      d: '[6 bytes]',
      g: null,
      h: 'http://a:[redacted]@c/',
      i: [null],
    });
  });

  test('what throws when it is read, and what holds itself, takes nothing else with it', () => {
    const circular: Data = { a: 1 };
    circular.self = circular;
    circular.twice = [circular.b, circular.b];
    const trap = Object.defineProperty({ a: 1 }, 'b', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(logged(circular)).toEqual({ a: 1, self: '[circular]', twice: [null, null] });
    expect(logged(trap)).toEqual({ a: 1, b: '[unreadable]' });
    expect(logged(proxy)).toBe('[unreadable]');
    expect(logged({ toJSON: () => trap })).toEqual({ a: 1, b: '[unreadable]' });
    log.info(trap, 'itself');
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ a: 1, b: '[unreadable]', message: 'itself' });
    log.info(Object.assign(Object.create(null), { token: 'x' }), 'without a prototype');
    expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ token: '[redacted]' });
  });

  test('nothing is endless: deep, long, wide, or all of it', () => {
    let deep: Data = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = { deep };
    expect(JSON.stringify(logged(deep)).length).toBeLessThan(1_000);
    expect(logged('x'.repeat(1_000_000))).toHaveLength(10_000);
    expect(logged(Array.from({ length: 5_000 }, (_, i) => i))).toHaveLength(101);
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`a${i}`, i]));
    expect(Object.keys(logged(wide))).toHaveLength(101);
    const all = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 'x'.repeat(20_000)));
    expect(logged(all)).toBeTruthy();
  });

  test('a secret that lies across the end of a long text is not told by half', () => {
    for (const secret of [`sk-${mixed(48)}`, JWT, `hf_${mixed(34)}`, `"password":"${mixed(3_000)}"`])
      for (const before of [13_990, 9_990, 9_960, 9_900, 9_400]) {
        const text = logged(`${'x '.repeat(before / 2)}${secret}${' y'.repeat(9_000)}`);
        expect(text).not.toMatch(/sk-a|eyJ|hf_|aB3d/);
      }
  });

  test('a text made to keep a pattern busy is written all the same', () => {
    const pieces = [
      ...[
        'sk-',
        'sk-a',
        'eyJaaaaaa',
        'eyJaaaaaa.',
        'eyJ-',
        'hf_',
        'gh',
        'xoxb-',
        'isengard_',
        'Bearer ',
        'Basic a',
      ],
      ...[
        '://',
        '://a:',
        'a:',
        'token=',
        '"token":"',
        'token:[',
        '\\"',
        '\\',
        '/home/',
        '/root',
        ' ',
        'a',
        '=',
      ],
      ...['-----BEGIN PRIVATE KEY-----', 'key: ', '#a', 'C:\\Users\\'],
    ];
    for (const piece of pieces) expect(logged(piece.repeat(1_000_000 / piece.length))).toBeTruthy();
  });
});
