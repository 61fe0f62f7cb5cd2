import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Reads `.env` beside package.json where there is one. What is set already stays, so a shell overrides the file. */
export function readDotEnv() {
  const path = join(import.meta.dirname, '../.env');
  if (existsSync(path)) process.loadEnvFile(path);
}
