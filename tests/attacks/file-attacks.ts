import { type Attack, get, raw } from './target.ts';

const photo = get(({ photo }) => photo);
const of = (suffix: string) => get(({ photo }) => `${photo}${suffix}`);
const ranged = (range: string) => get(({ photo }) => photo, { headers: { Range: range } });
const exact = (path: string) =>
  raw(`GET ${path} HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\n\r\n`);
const NONE = /^(404|400)( [A-Z_]+)?$/;

export const FILE_ATTACKS: Attack[] = [
  ...[
    '/../../etc/passwd',
    '/..%2f..',
    '/256/../../..',
    '/512',
    '/original.html',
    '/256%00.png',
    '//',
    '/%2e%2e',
  ].map(
    (suffix): Attack => ({
      name: `a photo${suffix}`,
      twin: photo,
      twinIs: '200',
      attack: exact(`PHOTO${suffix}`),
      expected: NONE,
    }),
  ),
  ...[
    '/files/images/../../etc/passwd',
    '/files/constructor/00000000-0000-7000-8000-000000000000',
    '/files/__proto__/00000000-0000-7000-8000-000000000000',
    '/files/postgres/cluster',
    '/files/images/00000000-0000-7000-8000-000000000000',
    "/files/images/' or 1=1 --",
    '/files/IMAGES/x',
    '/files/',
    '/files/logs/server',
    '/files/previews/00000000-0000-7000-8000-000000000000/../../0',
  ].map(
    (path): Attack => ({
      name: path,
      twin: photo,
      twinIs: '200',
      attack: exact(path.replaceAll(' ', '%20')),
      expected: NONE,
    }),
  ),
  {
    name: 'a million ranges',
    twin: ranged('bytes=0-9'),
    twinIs: '206',
    attack: ranged(`bytes=${Array.from({ length: 2000 }, (_, i) => `${i}-`).join(',')}`),
    expected: '200',
  },
  {
    name: 'a range beyond the end',
    twin: ranged('bytes=0-9'),
    twinIs: '206',
    attack: ranged('bytes=99999999999-'),
    expected: '416 RANGE_NOT_SATISFIABLE',
  },
  {
    name: 'a range of 10^400',
    twin: ranged('bytes=0-9'),
    twinIs: '206',
    attack: ranged(`bytes=${'9'.repeat(400)}-`),
    expected: /^(416|200)/,
  },
  {
    name: 'a range backwards',
    twin: ranged('bytes=0-9'),
    twinIs: '206',
    attack: ranged('bytes=9-0'),
    expected: /^(200|416)/,
  },
  {
    name: 'a file that is posted',
    twin: photo,
    twinIs: '200',
    attack: get(({ photo }) => photo, { method: 'POST' }),
    expected: '405 METHOD_NOT_ALLOWED',
  },
  {
    name: 'a file that is deleted',
    twin: photo,
    twinIs: '200',
    attack: get(({ photo }) => photo, { method: 'DELETE' }),
    expected: '405 METHOD_NOT_ALLOWED',
  },
  {
    name: 'a disposition with a line break',
    twin: of('?download'),
    twinIs: '200',
    attack: of('?download=%0d%0aSet-Cookie:%20a=b'),
    expected: '200',
  },
  {
    name: 'a photo as a page',
    twin: photo,
    twinIs: '200',
    attack: async (target) => {
      const { headers } = await target.owner.file(target.photo, { Accept: 'text/html' });
      return [
        headers.get('content-type'),
        headers.get('x-content-type-options'),
        headers.get('content-security-policy'),
        headers.get('cross-origin-resource-policy'),
      ].join(' | ');
    },
    expected: "image/jpeg | nosniff | sandbox; default-src 'none' | same-origin",
  },
];
