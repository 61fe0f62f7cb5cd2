import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askGpu } from '../../nvidia-smi.ts';
import type { EngineHealth } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { engineMissing } from './failures.ts';
import type { Settings } from './settings.ts';

export type Installation = { dir: string; python: string };

/** Where it is; a sentence when it is not. */
function installationOf({ dir, python }: Settings): Installation | string {
  if (dir === null) return 'AI_TOOLKIT_DIR is not set.';
  if (!existsSync(join(dir, 'run.py'))) return `There is no run.py in ${dir}.`;
  const own = join(dir, 'venv/bin/python');
  return { dir, python: python ?? (existsSync(own) ? own : 'python3') };
}

export function needInstallation(settings: Settings): Installation {
  const installation = installationOf(settings);
  if (typeof installation === 'string') throw new EngineFailure(engineMissing(installation));
  return installation;
}

const FRESH_MS = 60_000;
const LIMIT_MS = 10_000;
const PATIENCE_MS = 2000;

const run = async (program: string, options: string[], environment: NodeJS.ProcessEnv) => {
  const { stdout, stderr } = await promisify(execFile)(program, options, {
    timeout: LIMIT_MS,
    env: { PATH: environment.PATH, LD_LIBRARY_PATH: environment.LD_LIBRARY_PATH },
  });
  return (stdout || stderr).trim();
};

/**
 * Looked at anew when it is older than a minute: it starts two programs. While these take their time on a machine that is busy,
 * it is what it was: who asks has less patience than we have with them.
 */
export function healthOf(settings: Settings, freshMs = FRESH_MS): () => Promise<EngineHealth> {
  let known: EngineHealth | null = null;
  let looking: Promise<EngineHealth> | null = null;
  let lookedAt = -Infinity;

  async function lookAnew(): Promise<EngineHealth> {
    try {
      known = await look(settings);
      lookedAt = performance.now();
      return known;
    } finally {
      looking = null;
    }
  }

  return async () => {
    if (known !== null && performance.now() - lookedAt <= freshMs) return known;
    looking ??= lookAnew();
    if (known === null) return looking;
    return Promise.race([looking, pause(PATIENCE_MS, known, { ref: false })]);
  };
}

async function look(settings: Settings): Promise<EngineHealth> {
  const installation = installationOf(settings);
  if (typeof installation === 'string')
    return { isHealthy: false, message: `AI-Toolkit is not installed here. ${installation}` };
  const { dir, python } = installation;
  const [version, pythonVersion, gpu] = await Promise.all([
    readFile(join(dir, 'version.py'), 'utf8').then(
      (text) => /VERSION\s*=\s*["']([\w.-]{1,20})["']/.exec(text)?.[1],
      () => undefined,
    ),
    run(python, ['--version'], settings.environment).catch(() => null),
    // The one that trainings get, not the first of the machine.
    askGpu(['name'], { environment: settings.environment }).catch(() => null),
  ]);
  const name = version === undefined ? 'AI-Toolkit' : `AI-Toolkit ${version}`;
  if (pythonVersion === null)
    return { isHealthy: false, message: `${name} has no Python: ${python} does not start.` };
  const card = gpu?.[1];
  return {
    isHealthy: true,
    message: card
      ? `${name} is ready with ${pythonVersion.slice(0, 40)} and ${card.slice(0, 60)}.`
      : `${name} is ready, but this machine shows no GPU (nvidia-smi), and it cannot train without one.`,
  };
}
