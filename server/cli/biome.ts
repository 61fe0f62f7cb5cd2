import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

/**
 * Biome's own program. The package `@biomejs/biome` would choose it, but it names platform packages that are not in every
 * registry, and `npm ci` then refuses the lock file. So the lock has the platforms that are, and this finds the one.
 */
export function biomeBinary(): string {
  if (process.env.BIOME_BINARY) return process.env.BIOME_BINARY;
  const name = `@biomejs/cli-${process.platform}-${process.arch}/biome`;
  try {
    const path = createRequire(import.meta.url).resolve(name);
    if (existsSync(path)) return path;
  } catch {
    // Not installed, which the next line says better than Node.
  }
  throw new Error(
    `Biome has no package for ${process.platform}-${process.arch} here: install Biome and set BIOME_BINARY to its program.`,
  );
}

/** `node server/cli/biome.ts check --write`: Biome with these arguments. */
if (basename(process.argv[1] ?? '') === basename(import.meta.filename)) {
  try {
    process.exitCode = spawnSync(biomeBinary(), process.argv.slice(2), { stdio: 'inherit' }).status ?? 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
