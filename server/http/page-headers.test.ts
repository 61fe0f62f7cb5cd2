import { expect, test, vi } from 'vitest';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.PUBLIC_URL = 'https://studio.example.com';
  process.env.ISENGARD_AUTH = 'on';
});

const api = await startServer({ asOwner: true });
const client = await fetch(`${api.url}/characters/1`);
const playground = await fetch(`${api.url}/graphql`, { headers: { ...api.headers, Accept: 'text/html' } });

const directivesOf = ({ headers }: Response) =>
  new Map(
    headers
      .get('content-security-policy')
      ?.split('; ')
      .map((directive) => {
        const [name = '', ...sources] = directive.split(' ');
        return [name, sources.join(' ')];
      }),
  );

test.each([
  ['the client', client],
  ['the playground', playground],
])('%s may be framed, embedded, opened, sent elsewhere and given leave by nobody', (_, { headers }) => {
  const policy = directivesOf({ headers } as Response);
  for (const directive of ['default-src', 'object-src', 'base-uri', 'form-action', 'frame-ancestors'])
    expect(policy.get(directive), directive).toBe("'none'");
  expect(policy.get('connect-src')).toBe("'self'");
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  for (const feature of ['camera', 'microphone', 'geolocation', 'payment', 'usb', 'clipboard-read'])
    expect(headers.get('permissions-policy')).toContain(`${feature}=()`);
  // With an address that speaks https, browsers keep to it.
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
});

test('the client runs scripts and takes styles from files of ours alone, and makes markup through one policy', () => {
  expect(Object.fromEntries(directivesOf(client))).toMatchObject({
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'default',
  });
  expect(client.headers.get('content-security-policy')).not.toMatch(/unsafe|blob:|https?:|wss?:|\*/);
});

test('the playground runs the one script that it came with', () => {
  expect(directivesOf(playground).get('script-src')).toMatch(/^'sha256-[\w+/]{43}='$/);
});
