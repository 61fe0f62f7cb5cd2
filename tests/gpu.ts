import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A PATH on which `nvidia-smi` says this, and what it was asked. */
export async function pathWithGpu(says: string) {
  const bin = await mkdtemp(join(tmpdir(), 'gpu-'));
  const program = join(bin, 'nvidia-smi');
  await writeFile(join(bin, 'asked'), '');
  await writeFile(program, `#!/bin/sh\necho "$@" >> '${bin}/asked'\necho '${says}'\n`);
  await chmod(program, 0o755);
  return {
    path: [bin, process.env.PATH].join(delimiter),
    asked: () => readFile(join(bin, 'asked'), 'utf8'),
    [Symbol.asyncDispose]: () => rm(bin, { recursive: true, force: true }),
  };
}
