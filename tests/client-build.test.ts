import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildClient } from '#server/build-client.ts';

const dist = join(import.meta.dirname, '../client/dist');
const read = (path: string) => readFile(join(dist, path), 'utf8');

beforeAll(buildClient, 120_000);

/** The files that the first page needs before it can do anything: what the document names, and what that imports at once. */
async function firstLoad(): Promise<string[]> {
  const html = await read('index.html');
  const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, name]) => name ?? '',
  );
  const files = new Set(names);
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    for (const [, name] of (await read(file)).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      files.add(`assets/${name}`);
  }
  return [...files];
}

test('the first load is small: at most 150 kB of gzipped code and styles', async () => {
  const files = await firstLoad();
  expect(files.length).toBeGreaterThan(3);
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await read(file)).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});

test('what is only for development is not in it', async () => {
  const names = await readdir(dist, { recursive: true });
  expect(names).toContain('index.html');
  expect(names).not.toContain('ui.html');
  const scripts = await Promise.all(names.filter((name) => name.endsWith('.js')).map(read));
  expect(scripts.filter((script) => script.includes('/ui?theme='))).toEqual([]);
});

test('what is in it is named, with the texts of the licences', async () => {
  const packages = JSON.parse(await read('licences.json')) as {
    name: string;
    licence: string;
    text: string;
  }[];
  const licenceOf = Object.fromEntries(packages.map(({ name, licence }) => [name, licence]));
  expect(licenceOf).toMatchObject({
    'solid-js': 'MIT',
    '@fontsource-variable/inter': 'OFL-1.1',
    '@radix-ui/colors': 'MIT',
    'graphql-yoga': 'MIT',
    sharp: 'Apache-2.0',
  });
  expect(licenceOf).not.toHaveProperty('vitest');
  expect(packages.find(({ name }) => name === 'solid-js')?.text).toContain('Permission is hereby granted');
});
