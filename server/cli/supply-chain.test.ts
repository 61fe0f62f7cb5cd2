import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLicences } from './licences.ts';
import { checkInstallScripts, checkLockFile } from './supply-chain.ts';

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'isengard-packages-'));
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** A project of which npm has installed these. */
async function locked(packages: Record<string, object>, allowScripts: Record<string, boolean> = {}) {
  const entries = Object.entries(packages).map(([name, entry]) => [
    `node_modules/${name}`,
    { version: '1.0.0', license: 'MIT', integrity: 'sha512-x', ...entry },
  ]);
  const lock = { lockfileVersion: 3, packages: { '': { name: 'project' }, ...Object.fromEntries(entries) } };
  await writeFile(join(project, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(join(project, 'package.json'), JSON.stringify({ dependencies: {}, allowScripts }));
}

test('what comes from another place than the registry, or without a hash, is named', async () => {
  await locked({ a: {}, b: { resolved: 'https://registry.npmjs.org/b/-/b-1.0.0.tgz' } });
  expect(await checkLockFile(project)).toBe('');
  await locked({
    a: { resolved: 'git+ssh://git@github.com/a/a.git#1' },
    b: { resolved: 'https://registry.npmjs.org.example/b.tgz' },
    c: { integrity: 'sha1-x' },
    'd/node_modules/@e/f': { integrity: undefined },
  });
  expect((await checkLockFile(project)).split('\n')).toEqual([
    'a comes from git+ssh://git@github.com/a/a.git#1',
    'b comes from https://registry.npmjs.org.example/b.tgz',
    'c has no sha512 hash',
    '@e/f has no sha512 hash',
  ]);
});

test('a package with an install script is listed, as one that does without', async () => {
  await locked({ a: { hasInstallScript: true }, b: {} }, { a: false });
  expect(await checkInstallScripts(project)).toBe('');
  await locked({ a: { hasInstallScript: true }, c: { hasInstallScript: true } }, { b: false, c: true });
  expect((await checkInstallScripts(project)).split('\n')).toEqual([
    'a has an install script and is not listed',
    'b is listed and has no install script',
    'c may run its install script, which must never be needed',
  ]);
});

test.each([
  'MIT',
  '(MIT OR GPL-3.0-only)',
  'GPL-3.0-only OR MIT AND ISC',
  '(MIT AND (Apache-2.0 OR GPL-2.0-only))',
])('the licence %s is one that is allowed', async (license) => {
  await locked({ a: { license } });
  expect(await checkLicences(project)).toBe('');
});

test.each([
  'GPL-3.0-only',
  'MIT AND GPL-3.0-only',
  '(MIT OR ISC) AND AGPL-3.0-only',
  'GPL-2.0-only WITH Classpath-exception-2.0',
  'MIT WITH more',
  'MIT OR',
  '(MIT',
  'MIT)',
  'UNLICENSED',
  'SEE LICENSE IN LICENSE.txt',
  'LGPL-3.0-or-later',
  '',
])('the licence "%s" is not', async (license) => {
  await locked({ a: { license } });
  expect(await checkLicences(project)).toBe(`a@1.0.0: ${license}`);
});

test('a licence that is allowed for one package is so for that one alone, and none is none', async () => {
  await locked({ '@img/sharp-libvips-linux-x64': { license: 'Apache-2.0 AND LGPL-3.0-or-later' } });
  expect(await checkLicences(project)).toBe('');
  await locked({ '@img/other': { license: 'LGPL-3.0-or-later' }, b: { license: undefined } });
  expect((await checkLicences(project)).split('\n')).toEqual([
    '@img/other@1.0.0: LGPL-3.0-or-later',
    'b@1.0.0: says no licence',
  ]);
});
