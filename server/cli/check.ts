import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import drizzle from '../../drizzle.config.ts';
import { biomeBinary } from './biome.ts';
import { checkLicences } from './licences.ts';
import {
  checkInstallScripts,
  checkLockFile,
  checkSbom,
  checkSignatures,
  NotChecked,
} from './supply-chain.ts';

/**
 * `npm run check`: what has to hold before a commit. Needs nothing but the clone: no database, nothing built, and where there is no
 * network it says what it could not look at.
 */
const root = join(import.meta.dirname, '../..');
const program = (path: string) => join(root, 'node_modules', path);

/** What went wrong, for people; empty when nothing did. */
type Complaint = string;
type Check = { name: string; mend: string; run(): Promise<Complaint> };

const CHECKS: Check[] = [
  {
    name: 'types',
    mend: 'Mend what it names by hand.',
    // By its path: TypeScript 6, which the import check reads with, brings a `tsc` of its own.
    run: () => node(program('@typescript/native/bin/tsc'), '--noEmit', '--pretty'),
  },
  {
    name: 'format and lint',
    mend: 'Mend with: `npm run format`, and what that leaves by hand.',
    run: async () =>
      execute(biomeBinary(), [
        'check',
        '--error-on-warnings',
        `--colors=${process.stdout.isTTY ? 'force' : 'off'}`,
        '.',
      ]),
  },
  {
    name: 'imports',
    mend: 'Mend the import: docs/architecture.md, "Who may import what", says how.',
    run: () => node(program('dependency-cruiser/bin/dependency-cruiser.mjs'), ...IMPORT_CHECK, ...sources()),
  },
  {
    name: 'unused files, exports and packages',
    mend: 'Remove them, or the word `export` before them.',
    run: () => node(program('knip/bin/knip.js'), '--no-progress', '--no-config-hints'),
  },
  { name: 'migrations', mend: 'Mend with: `npm run migrations`', run: checkMigrations },
  {
    name: 'printed schema',
    mend: 'Mend with: `npm run codegen`',
    run: () => node(join(root, 'server/print-schema.ts'), '--check'),
  },
  {
    name: 'generated code',
    mend: 'Mend with: `npm run codegen`',
    run: () => node(program('@graphql-codegen/cli/esm/bin.js'), '--check'),
  },
  {
    name: 'lock file',
    mend: 'Install it from the registry: CONTRIBUTING.md, "Dependencies".',
    run: () => checkLockFile(),
  },
  {
    name: 'install scripts',
    mend: 'Make sure that it works without its script, and list it with `false` in `allowScripts` of package.json.',
    run: () => checkInstallScripts(),
  },
  {
    name: 'licences',
    mend: 'Read the licence, then add it to server/cli/licences.ts, or choose another package.',
    run: () => checkLicences(),
  },
  {
    name: 'bill of materials',
    mend: 'See what `npm run sbom` says; `npm ci` may help.',
    run: () => checkSbom(),
  },
  {
    name: 'signatures of packages',
    mend: 'Do not use it: what is installed is not what the registry signed. `npm audit signatures` says more.',
    run: () => checkSignatures(),
  },
];

const IMPORT_CHECK = ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long'];
const sources = () =>
  ['schema', 'server', 'client', 'sdk', 'bench', 'tests'].filter((name) => existsSync(join(root, name)));

/** drizzle-kit has no dry run: it gets a copy, and must have nothing to add. */
async function checkMigrations() {
  const copy = await mkdtemp(join(tmpdir(), 'isengard-migrations-'));
  try {
    await cp(join(root, drizzle.out), copy, { recursive: true });
    const before = await readdir(copy);
    const { dialect, schema, casing } = drizzle;
    // It puts `./` before the folder, whatever that is.
    const flags = { dialect, schema, casing, out: relative(root, copy) };
    const said = await node(
      program('drizzle-kit/bin.cjs'),
      'generate',
      ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    );
    const added = (await readdir(copy)).filter((name) => !before.includes(name));
    return said || (added.length === 0 ? '' : 'The tables of schema/ are not those of migrations/.');
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const node = (...args: string[]) => execute(process.execPath, args);

function execute(file: string, args: string[]): Promise<Complaint> {
  const { promise, resolve } = Promise.withResolvers<Complaint>();
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  child.on('error', (error) => resolve(error.message));
  child.on('close', (code) => resolve(code === 0 ? '' : output.trim() || `It ended with ${code}.`));
  return promise;
}

type Verdict = 'passed' | 'failed' | 'not checked';

async function report({ name, mend, run }: Check): Promise<Verdict> {
  const since = performance.now();
  const outcome = await run().catch((error: unknown) =>
    error instanceof NotChecked ? error : String(error),
  );
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  if (outcome instanceof NotChecked) {
    process.stdout.write(`- ${name}: not checked, ${outcome.message} (${seconds} s)\n`);
    return 'not checked';
  }
  const line = `${outcome === '' ? '✓' : '✗'} ${name} (${seconds} s)\n`;
  process.stdout.write(outcome === '' ? line : `${line}\n${outcome}\n\n  ${mend}\n\n`);
  return outcome === '' ? 'passed' : 'failed';
}

const since = performance.now();
const waiting = CHECKS.values();
const verdicts: Verdict[] = [];
async function work() {
  for (const check of waiting) verdicts.push(await report(check));
}
await Promise.all(Array.from({ length: availableParallelism() }, work));

const count = (verdict: Verdict) => verdicts.filter((given) => given === verdict).length;
const left = count('not checked') > 0 ? `, ${count('not checked')} not checked` : '';
const seconds = ((performance.now() - since) / 1000).toFixed(1);
process.stdout.write(`${count('passed')} passed, ${count('failed')} failed${left}, in ${seconds} s\n`);
process.exitCode = count('failed') === 0 ? 0 : 1;
