import { gzipSync } from 'node:zlib';
import { type Attack, get, operation, post, raw } from './target.ts';

const QUERY = '{"query":"{ info { name } }"}';
const LIST = post(QUERY);
const JSON_TYPE = { 'Content-Type': 'application/json' };

const request = (head: string, body = '') => `${head}\r\n\r\n${body}`;
const POST = `POST /graphql HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\nContent-Type: application/json\r\nAccept: application/json`;
const posted = raw(request(`${POST}\r\nContent-Length: ${QUERY.length}`, QUERY));
const page = raw(request('GET / HTTP/1.1\r\nHost: HOST'));
const with_ = (headers: Record<string, string>) => post(QUERY, { headers });
const path = (target: string) =>
  raw(request(`GET ${target} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY`));

export const HTTP_ATTACKS: Attack[] = [
  ...['evil.example', 'localhost.evil.example', 'localhost@evil.example', '127.0.0.1.nip.io', ''].map(
    (host): Attack => ({
      name: `the name "${host}" for this machine`,
      twin: page,
      twinIs: '200',
      attack: raw(request(`GET / HTTP/1.1\r\nHost: ${host}`)),
      expected: /^(421|400)$/,
    }),
  ),
  {
    name: 'two Host headers',
    twin: page,
    twinIs: '200',
    attack: raw(request('GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example')),
    expected: /^(400|421|200)$/,
  },
  ...[
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'file://',
    'chrome-extension://abc',
    'x',
  ].map(
    (origin): Attack => ({
      name: `a page of ${origin}`,
      twin: LIST,
      attack: with_({ Origin: origin }),
      expected: '403 FOREIGN_ORIGIN',
    }),
  ),
  ...['cross-site', 'same-site', 'nonsense'].map(
    (site): Attack => ({
      name: `Sec-Fetch-Site: ${site}`,
      twin: with_({ 'Sec-Fetch-Site': 'same-origin' }),
      attack: with_({ 'Sec-Fetch-Site': site }),
      expected: '403 FOREIGN_ORIGIN',
    }),
  ),
  {
    name: 'a page of elsewhere that shows a photo',
    twin: get(({ photo }) => photo),
    twinIs: '200',
    attack: get(({ photo }) => photo, {
      as: 'owner',
      headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    }),
    expected: '403 FOREIGN_ORIGIN',
  },
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/graphql', 'text/html', ''].map(
    (type): Attack => ({
      name: `an operation as "${type}"`,
      twin: LIST,
      attack: with_({ 'Content-Type': type }),
      expected: '415 UNSUPPORTED_MEDIA_TYPE',
    }),
  ),
  {
    name: 'a bomb of gzip',
    twin: LIST,
    attack: post(gzipSync(Buffer.alloc(50_000_000)), {
      headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
    }),
    expected: /^415 /,
  },
  {
    name: 'an unknown encoding',
    twin: LIST,
    attack: with_({ 'Content-Encoding': 'br, gzip' }),
    expected: /^415 /,
  },
  {
    name: 'a body of 10 MB',
    twin: LIST,
    attack: post(`{"query":"${'x'.repeat(10_000_000)}"}`),
    expected: '413 REQUEST_TOO_LARGE',
  },
  {
    name: 'a body that nests 100,000 arrays',
    twin: LIST,
    attack: post(
      `{"query":"{ info { name } }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ),
    expected: /^(200 ok|400 .+)$/,
  },
  { name: 'half of a body', twin: LIST, attack: post('{"query":"{ info {'), expected: '400 BAD_REQUEST' },
  { name: 'an empty body', twin: LIST, attack: post(''), expected: '400 BAD_REQUEST' },
  { name: 'no object', twin: LIST, attack: post('"{ info { name } }"'), expected: '400 BAD_REQUEST' },
  ...['PUT', 'DELETE', 'PATCH'].map(
    (method): Attack => ({
      name: method,
      twin: LIST,
      attack: post(QUERY, { method }),
      expected: /^405/,
    }),
  ),
  {
    name: 'TRACE',
    twin: page,
    twinIs: '200',
    attack: raw(request('TRACE / HTTP/1.1\r\nHost: HOST')),
    expected: '405',
  },
  {
    name: 'CONNECT',
    twin: page,
    twinIs: '200',
    attack: raw(request('CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST')),
    expected: /^(closed|400|405)$/,
  },
  {
    name: 'another server as target',
    twin: page,
    twinIs: '200',
    attack: raw(request('GET http://evil.example/ HTTP/1.1\r\nHost: HOST')),
    expected: '400',
  },
  {
    name: 'the asterisk as target',
    twin: page,
    twinIs: '200',
    attack: raw(request('OPTIONS * HTTP/1.1\r\nHost: HOST')),
    expected: '400',
  },
  {
    name: 'two lengths of one body',
    twin: posted,
    twinIs: '200',
    attack: raw(request(`${POST}\r\nContent-Length: ${QUERY.length}\r\nContent-Length: 3`, QUERY)),
    expected: '400',
  },
  {
    name: 'a length and chunks',
    twin: posted,
    twinIs: '200',
    attack: raw(
      request(
        `${POST}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked`,
        '0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n',
      ),
    ),
    expected: '400',
  },
  {
    name: 'chunks with a space before the colon',
    twin: posted,
    twinIs: '200',
    attack: raw(request(`${POST}\r\nTransfer-Encoding : chunked`, '0\r\n\r\n')),
    expected: '400',
  },
  {
    name: 'a chunk of no number',
    twin: posted,
    twinIs: '200',
    attack: raw(request(`${POST}\r\nTransfer-Encoding: chunked`, 'zz\r\n')),
    expected: /^(400|closed)$/,
  },
  {
    name: 'headers of 1 MB',
    twin: page,
    twinIs: '200',
    attack: raw(request(`GET / HTTP/1.1\r\nHost: HOST\r\nX-A: ${'a'.repeat(1_000_000)}`)),
    expected: /^(431|closed)$/,
  },
  {
    name: '5,000 headers',
    twin: page,
    twinIs: '200',
    attack: raw(request(`GET / HTTP/1.1\r\nHost: HOST\r\n${'X-A: a\r\n'.repeat(5000)}X-B: b`)),
    expected: /^(431|closed)$/,
  },
  {
    name: 'a line break in a header',
    twin: page,
    twinIs: '200',
    attack: raw(request('GET / HTTP/1.1\r\nHost: HOST\r\nX-Correlation-ID: a\nSet-Cookie: isengard=x')),
    expected: '400',
  },
  {
    name: 'markup as a correlation id',
    twin: async ({ anonymous }) =>
      `${(await anonymous.file('/healthz', { 'X-Correlation-ID': 'a-1' })).headers.get('x-correlation-id')}`,
    twinIs: 'a-1',
    attack: async ({ anonymous }) =>
      `${(await anonymous.file('/healthz', { 'X-Correlation-ID': '<script>alert(1)</script>' })).headers.get('x-correlation-id')}`,
    expected: /^[0-9a-f-]{36}$/,
  },
  {
    name: 'HTTP/2 without asking',
    twin: page,
    twinIs: '200',
    attack: raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    expected: /^(400|505|closed)$/,
  },
  {
    name: 'no HTTP at all',
    twin: page,
    twinIs: '200',
    attack: raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(300, 'x')),
    expected: /^(400|closed)$/,
  },
  {
    name: 'an address of 100 kB',
    twin: page,
    twinIs: '200',
    attack: raw(request(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: HOST`)),
    expected: /^(431|414|closed)$/,
  },
  // Any path is a page of the client, so what is outside of its folder must look like one.
  ...[
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/%00',
    '/assets/%00.js',
  ].map(
    (target): Attack => ({
      name: `the path ${target}`,
      twin: path('/index.html'),
      twinIs: '200',
      attack: async (at) => {
        const outcome = await path(target)(at);
        const { hostname, port } = new URL(at.studio.url);
        const text = await fetch(`http://${hostname}:${port}${target}`).then((response) => response.text());
        return /root:|"dependencies"/.test(text) ? 'read' : outcome;
      },
      expected: /^(200|400|404)$/,
    }),
  ),
  {
    name: 'a request for a page as something else',
    twin: page,
    twinIs: '200',
    attack: raw(request('POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3', 'a=b')),
    expected: '405',
  },
  {
    name: 'a cookie of 8 kB',
    twin: LIST,
    attack: post(QUERY, { as: 'anonymous', headers: { Cookie: `isengard=${'a'.repeat(8000)}` } }),
    expected: '401 UNAUTHENTICATED',
  },
  {
    name: 'an operation that echoes',
    twin: LIST,
    attack: async (target) => {
      const { errors } = await target.owner.ask(`{ ${'verysecretword'.repeat(3000)} }`);
      return JSON.stringify(errors).length > 2000 ? 'echoed' : 'not echoed';
    },
    expected: 'not echoed',
  },
  {
    name: 'what went wrong inside',
    twin: operation('{ info { name } }'),
    attack: async (target) => {
      const { errors } = await target.owner.ask('{ character(id: { a: 1 }) { id } }');
      return /node_modules|at \w+ \(|postgres|select /i.test(JSON.stringify(errors)) ? 'told' : 'not told';
    },
    expected: 'not told',
  },
];
