import { appendFile, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';

/** Appends what a process prints to `folder/YYYY-MM-DD.log`, a new file each day (UTC). */
export function dailyLog(folder: string): Writable {
  mkdirSync(folder, { recursive: true });
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      const day = new Date().toISOString().slice(0, 10);
      // On a full disk the lines are lost, not the process that prints them.
      appendFile(join(folder, `${day}.log`), chunk, () => done());
    },
  });
}
