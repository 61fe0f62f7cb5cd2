import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDotEnv } from '../dot-env.ts';
import { runningUrl } from '../postgres.ts';

export class CannotLook extends Error {}

/** Points this process at the installation that the environment names, or at the embedded database that runs on its volume. */
export async function findInstallation() {
  readDotEnv();
  const { env } = await import('../env.ts');
  if (!existsSync(env.VOLUME_ROOT)) throw new CannotLook(`There is no volume at ${env.VOLUME_ROOT}.`);
  const url = env.DATABASE_URL ?? (await runningUrl(join(env.VOLUME_ROOT, 'postgres', 'cluster')));
  if (url === undefined)
    throw new CannotLook(
      `No database runs on the volume ${env.VOLUME_ROOT}. Start Isengard with \`npm start\`, or set DATABASE_URL.`,
    );
  // Before anything is loaded that reads them.
  Object.assign(env, { DATABASE_URL: url, LOG_LEVEL: 'silent' });
  return env;
}
