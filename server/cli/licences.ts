import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type LockedPackage, lockedPackages } from './lock-file.ts';

/** They ask for no more than that their text goes along. */
const ALLOWED = new Set([
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0'],
  ...['Unlicense', 'Python-2.0'],
]);

/** Others, for what they are used for here and for nothing else. */
const EXCEPTIONS: { licence: string; names: RegExp; why: string }[] = [
  { licence: 'LGPL-3.0-or-later', names: /^@img\/sharp-/, why: 'libvips, a library of its own file' },
  { licence: 'OFL-1.1', names: /^@fontsource-variable\//, why: 'fonts, served as they are' },
  { licence: 'MPL-2.0', names: /^(axe-core|lightningcss(-.+)?)$/, why: 'for tests and the build' },
  { licence: 'CC-BY-4.0', names: /^caniuse-lite$/, why: 'data for the build' },
];

/** What is installed under a licence that nobody has looked at. */
export async function checkLicences(project?: string): Promise<string> {
  const packages = await lockedPackages(project);
  const complaints = await Promise.all(
    packages.map(async (locked) => {
      const licence = locked.license ?? (await statedLicence(locked));
      const isFine = licence !== undefined && isAllowed(licence, locked.name);
      return isFine ? [] : [`${locked.name}@${locked.version}: ${licence ?? 'says no licence'}`];
    }),
  );
  return complaints.flat().join('\n');
}

/** The form that package.json had before `license`. */
const Stated = z.object({ licenses: z.array(z.object({ type: z.string() })).min(1) });

async function statedLicence({ folder }: LockedPackage): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return Stated.safeParse(JSON.parse(text))
    .data?.licenses.map(({ type }) => type)
    .join(' OR ');
}

/** An SPDX expression: `AND` binds before `OR`, and parentheses before both. */
function isAllowed(expression: string, name: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let isFine = both();
    while (tokens[at] === 'OR') {
      at++;
      isFine = both() || isFine;
    }
    return isFine;
  };
  const both = (): boolean => {
    let isFine = one();
    while (tokens[at] === 'AND') {
      at++;
      isFine = one() && isFine;
    }
    return isFine;
  };
  const one = (): boolean => {
    const token = tokens[at++] ?? '';
    if (token !== '(') return isAllowedLicence(token, name);
    const isFine = either();
    return tokens[at++] === ')' && isFine;
  };
  // What is left over, such as `WITH`, is none of what was looked at.
  return either() && at === tokens.length;
}

const isAllowedLicence = (licence: string, name: string) =>
  ALLOWED.has(licence) ||
  EXCEPTIONS.some((exception) => exception.licence === licence && exception.names.test(name));
