import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Every process that has to do with a folder: it works in it, or its command or environment names it. Zombies are left out, they
 * ended. Linux only.
 */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => !/^State:\s+Z/m.test(attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8'))))
    .filter((pid) =>
      [
        attempt(() => readlinkSync(`/proc/${pid}/cwd`)),
        attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
        attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8')),
      ].some((text) => text.includes(folder)),
    )
    .map(Number);
}

/** Whether a process decodes pictures. Linux only. */
export const isDecoder = (pid: number) =>
  attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes('storage/decoder.ts');

/** Whether a process looks for faces. Linux only. */
const isFaceFinder = (pid: number) =>
  attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes('faces/face-finder.ts');

/** The processes that decode pictures for another one. */
export const decodersOf = (parent: number): number[] => childrenOf(parent).filter(isDecoder);

/** The processes that look for faces for another one. */
export const faceFindersOf = (parent: number): number[] => childrenOf(parent).filter(isFaceFinder);

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) =>
      attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')).includes(`\nPPid:\t${parent}\n`),
    );

/** Processes end, and others' cannot be read, while we look. */
function attempt(read: () => string) {
  try {
    return read();
  } catch {
    return '';
  }
}
