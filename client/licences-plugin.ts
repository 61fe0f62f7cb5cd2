import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** What the page about the studio lists; without versions, because whoever is not signed in may read it too. */
type Shipped = { name: string; licence: string; part: 'client' | 'server'; text: string };
type Locked = { license?: string; dev?: boolean };

const PACKAGE = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/;

/**
 * Writes `licences.json` beside the built client: the packages that are in it, and those that the server runs with, each with the
 * text that its licence asks to be passed on.
 */
export function licences(root: string): Plugin {
  return {
    name: 'isengard:licences',
    apply: 'build',
    async generateBundle() {
      const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
        packages: Record<string, Locked>;
      };
      const modules = [...this.getModuleIds()];
      const inClient = new Set([...modules.flatMap(packageOf), ...(await packagesOfCss(modules))]);
      const shipped: Shipped[] = [];
      for (const [path, { license: licence, dev }] of Object.entries(lock.packages)) {
        const part = inClient.has(path) ? 'client' : 'server';
        if (path === '' || licence === undefined || (part === 'server' && dev === true)) continue;
        const text = await licenceText(join(root, path));
        // Without a folder it is for another platform.
        const name = path.replace(PACKAGE, '$1');
        // One package in several versions is one line.
        const isKnown = shipped.some((other) => other.name === name && other.text === text);
        if (text !== null && !isKnown) shipped.push({ name, licence, part, text });
      }
      shipped.sort((one, other) => one.name.localeCompare(other.name));
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(shipped) });
    },
  };
}

/** `node_modules/@urql/core` of `/…/node_modules/@urql/core/dist/core.mjs`. */
function packageOf(file: string): string[] {
  const [path] = PACKAGE.exec(file.replaceAll('\\', '/')) ?? [];
  return path === undefined ? [] : [path.slice(path.indexOf('node_modules/'))];
}

/** Fonts and colours come in by `@import`, and are no modules. */
async function packagesOfCss(modules: string[]): Promise<string[]> {
  const found: string[] = [];
  const sheets = modules.filter((id) => /\/client\/.*\.css$/.test(id));
  for (const sheet of sheets) {
    const css = await readFile(sheet, 'utf8');
    for (const [, name = ''] of css.matchAll(/@import\s+["']([^"']+)["']/g)) {
      if (name.startsWith('.')) sheets.push(join(dirname(sheet), name));
      else found.push(...packageOf(`node_modules/${name}`));
    }
  }
  return found;
}

async function licenceText(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return null;
  const name = names.find((candidate) => /^(licen[cs]e|copying)/i.test(candidate));
  return name === undefined ? '' : readFile(join(folder, name), 'utf8').catch(() => '');
}
