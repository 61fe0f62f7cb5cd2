import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { lockedPackages, ownManifest, root } from './lock-file.ts';

const REGISTRY = 'https://registry.npmjs.org/';

/** Why something could not be looked at, which is nobody's mistake. */
export class NotChecked extends Error {}

/** The lock file names what is installed by its hash, and no other place than the registry to get it from. */
export async function checkLockFile(project?: string): Promise<string> {
  const packages = await lockedPackages(project);
  return packages
    .flatMap(({ name, resolved, integrity }) => [
      ...(resolved === undefined || resolved.startsWith(REGISTRY) ? [] : [`${name} comes from ${resolved}`]),
      ...(integrity?.startsWith('sha512-') ? [] : [`${name} has no sha512 hash`]),
    ])
    .join('\n');
}

/** A package that runs something when it is installed is named in package.json, and with `false`: it works without. */
export async function checkInstallScripts(project?: string): Promise<string> {
  const [packages, { allowScripts }] = await Promise.all([lockedPackages(project), ownManifest(project)]);
  const withScript = new Set(
    packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name),
  );
  const listed = new Set(Object.keys(allowScripts));
  return [
    ...[...withScript]
      .filter((name) => !listed.has(name))
      .map((name) => `${name} has an install script and is not listed`),
    ...[...listed]
      .filter((name) => !withScript.has(name))
      .map((name) => `${name} is listed and has no install script`),
    ...[...listed]
      .filter((name) => allowScripts[name])
      .map((name) => `${name} may run its install script, which must never be needed`),
  ].join('\n');
}

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string() })),
});

/** `npm run sbom` can be made, and has everything that production installs on this machine. */
export async function checkSbom(): Promise<string> {
  const { stdout, reason } = await npm(['sbom', '--sbom-format=cyclonedx', '--sbom-type=application']);
  if (reason === NO_NPM) throw new NotChecked(reason);
  const { data, error } = Bom.safeParse(parsed(stdout));
  if (error !== undefined) return `npm sbom made none: ${z.prettifyError(error)}`;
  const listed = new Set(data.components.map(({ name, version }) => `${name}@${version}`));
  const installed = (await lockedPackages()).filter(({ dev, folder }) => !dev && existsSync(folder));
  const { dependencies } = await ownManifest();
  const wanted = [
    ...installed,
    ...Object.entries(dependencies).map(([name, version]) => ({ name, version })),
  ];
  const missing = wanted.map(({ name, version }) => `${name}@${version}`).filter((id) => !listed.has(id));
  return [...new Set(missing)].map((id) => `${id} is not in it`).join('\n');
}

const Signatures = z.object({
  invalid: z.array(z.object({ name: z.string(), version: z.string() })),
  missing: z.array(z.object({ name: z.string(), version: z.string() })),
});

/** Whether the registry signed what is installed. Only it can say, so without it nothing is known. */
export async function checkSignatures(): Promise<string> {
  const { stdout, reason } = await npm([
    ...['audit', 'signatures', '--json', '--fetch-retries=0'],
    `--fetch-timeout=${NPM_MS / 2}`,
  ]);
  const { data } = Signatures.safeParse(parsed(stdout));
  if (data === undefined) throw new NotChecked(reason);
  return [
    ...data.invalid.map(
      ({ name, version }) => `${name}@${version} has a signature that is not the registry's`,
    ),
    ...data.missing.map(({ name, version }) => `${name}@${version} has no signature`),
  ].join('\n');
}

/** What a check may wait for npm, and npm for the registry. */
const NPM_MS = 12_000;

const NO_NPM = 'there is no npm on the path';
const Failed = z.object({ error: z.object({ code: z.string() }) });

/** The npm that runs us, or the one on the path, and in a word why it said nothing. */
function npm(args: string[]): Promise<{ stdout: string; reason: string }> {
  const { promise, resolve } = Promise.withResolvers<{ stdout: string; reason: string }>();
  const { npm_execpath } = process.env;
  const isOurs = npm_execpath?.endsWith('npm-cli.js') ?? false;
  const [file, first] = isOurs && npm_execpath ? [process.execPath, [npm_execpath]] : ['npm', []];
  const options = { cwd: root, timeout: NPM_MS, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' } as const;
  execFile(file, [...first, ...args], options, (error, stdout) => {
    const { data } = Failed.safeParse(parsed(stdout));
    const reason = error?.code === 'ENOENT' ? NO_NPM : error?.killed ? 'no answer in time' : data?.error.code;
    resolve({ stdout, reason: reason ?? 'npm does not say why' });
  });
  return promise;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
