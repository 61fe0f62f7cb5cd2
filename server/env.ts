import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const number = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Every variable that the product reads; `.env.example` lists them with their meaning. */
const Variables = z.object({
  ISENGARD_MODE: z.enum(['fast-test', 'production']).default('fast-test'),
  VOLUME_ROOT: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: number(0, 65_535).default(3000),
  LOG_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  FAST_TEST_STEP_MS: number(0, 60_000).default(20),
  FAST_TEST_FAULT: z.string().optional(),
});

export const VARIABLES = Object.keys(Variables.shape);

export type Env = z.infer<typeof Variables> & { VOLUME_ROOT: string; LOG_DIR: string };

/** RunPod mounts its network volume at one of two places; anywhere else we stay beside the project. */
function defaultVolumeRoot() {
  for (const mount of ['/runpod-volume', '/workspace']) if (existsSync(mount)) return `${mount}/isengard`;
  return './data';
}

class BadEnvironment extends Error {}

export function readEnv(source: NodeJS.ProcessEnv): Env {
  // An empty value is how compose files and shells say "not set".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { data, error } = Variables.safeParse(given);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new BadEnvironment(
      `The environment variable ${issue?.path.join('.')} is not usable: ${issue?.message}.`,
    );
  }
  const volumeRoot = resolve(data.VOLUME_ROOT ?? defaultVolumeRoot());
  return { ...data, VOLUME_ROOT: volumeRoot, LOG_DIR: resolve(data.LOG_DIR ?? join(volumeRoot, 'logs')) };
}

export const env = readEnv(process.env);
