import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Options, optionsFile } from './options.ts';

const TRAINER = fileURLToPath(new URL('./trainer.ts', import.meta.url));

export type StandIn = AsyncDisposable & {
  dir: string;
  change(options: Partial<Options>): Promise<void>;
  /** The environment that its newest trainer was started with. */
  environment(): Promise<Record<string, string>>;
};

/** A folder that looks like an installed AI-Toolkit, whose Python is a trainer of ours that speaks as it does. */
export async function installAiToolkit(options: Partial<Options> = {}): Promise<StandIn> {
  const dir = await mkdtemp(join(tmpdir(), 'ai-toolkit-'));
  const python = join(dir, 'venv/bin/python');
  await mkdir(join(dir, 'venv/bin'), { recursive: true });
  await writeFile(join(dir, 'run.py'), '# A stand-in for tests; see tests/stand-ins/ai-toolkit.\n');
  await writeFile(join(dir, 'version.py'), `VERSION = "${options.version ?? '0.12.26'}"\n`);
  await writeFile(python, `#!/bin/sh\nexec "${process.execPath}" "${TRAINER}" "$@"\n`);
  await chmod(python, 0o755);
  const change = (changed: Partial<Options>) =>
    writeFile(optionsFile(dir), JSON.stringify({ ...options, ...changed }));
  await change({});
  return {
    dir,
    change,
    environment: async () => JSON.parse(await readFile(join(dir, 'seen-environment.json'), 'utf8')),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
