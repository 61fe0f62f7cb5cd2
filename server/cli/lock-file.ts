import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The project whose packages are looked at. */
export const root = join(import.meta.dirname, '../..');

const Package = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
});
const LockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Package) });

export type LockedPackage = z.infer<typeof Package> & { name: string; folder: string };

/** Every package of package-lock.json, also those of other platforms, which are not installed here. */
export async function lockedPackages(project = root): Promise<LockedPackage[]> {
  const { packages } = LockFile.parse(JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      ...entry,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      folder: join(project, path),
    }));
}

const Manifest = z.object({
  allowScripts: z.record(z.string(), z.boolean()).default({}),
  dependencies: z.record(z.string(), z.string()),
});

export const ownManifest = async (project = root) =>
  Manifest.parse(JSON.parse(await readFile(join(project, 'package.json'), 'utf8')));
