import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A PATH on which `nvidia-smi` says this, a line for each GPU, whatever it is asked. */
export async function pathWithGpu(says: string) {
  const bin = await mkdtemp(join(tmpdir(), 'gpu-'));
  const program = join(bin, 'nvidia-smi');
  await writeFile(program, `#!/bin/sh\necho '${says}'\n`);
  await chmod(program, 0o755);
  return {
    path: [bin, process.env.PATH].join(delimiter),
    [Symbol.asyncDispose]: () => rm(bin, { recursive: true, force: true }),
  };
}
