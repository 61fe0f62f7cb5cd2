import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const client = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(client, path), 'utf8');
const files = readdirSync(client, { recursive: true, encoding: 'utf8' }).filter(
  (path) => !path.startsWith('dist'),
);
const sheets = files
  .filter((path) => path.endsWith('.css') && !path.endsWith('tokens.css'))
  .map((path) => ({ path, css: read(path).replaceAll(/\/\*.*?\*\//gs, '') }));

/** What only `ui/tokens.css` may say. `em` is a part of the size around it. */
const NAMED = {
  colour: /#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab|color)a?\(|:\s*(?:white|black|red|gr[ae]y)\b/i,
  'step of a colour scale': /--(?:sand|orange|grass|amber|tomato|blue)-\d/,
  duration: /\b\d+(?:\.\d+)?m?s\b/,
  'font size': /font-size:\s*[\d.]+(?:px|rem)/,
};

test('no style sheet but the tokens names a colour, a duration or a font size', () => {
  expect(sheets.length).toBeGreaterThan(50);
  const found = sheets.flatMap(({ path, css }) =>
    css.split('\n').flatMap((line) =>
      Object.entries(NAMED)
        .filter(([, pattern]) => pattern.test(line))
        .map(([what]) => `${path} names a ${what}: ${line.trim()}`),
    ),
  );
  expect(found).toEqual([]);
});

test('every token that is used is there', () => {
  const css = [read('ui/tokens.css'), ...sheets.map((sheet) => sheet.css)].join('\n');
  const components = files.filter((path) => path.endsWith('.tsx')).map(read);
  const made = new Set([
    ...[...css.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name),
    // Set by a component on its own element.
    ...[...components.join('\n').matchAll(/'(--[\w-]+)':/g)].map(([, name]) => name),
  ]);
  const missing = sheets.flatMap(({ path, css: own }) =>
    [...own.matchAll(/var\((--[\w-]+)\)/g)]
      .map(([, name]) => name ?? '')
      .filter((name) => !made.has(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});
