import { setTimeout as pause } from 'node:timers/promises';
import { fileHash } from '../storage/hash.ts';
import { filesOfRows } from './file-rows.ts';
import { GRACE_MS, orphansAmong } from './orphans.ts';
import { add, type Finding, type Report } from './report.ts';
import type { NamedFile, RowPage } from './row-pages.ts';
import { isFolder, keysOfVolume, look, pathOf } from './walk.ts';

/** A result that is recorded again replaces its file a moment before its row. */
const REPLACING_MS = 1000;

type Looking = { hashes: boolean; signal: AbortSignal | undefined };

/** Rows whose file is missing, or is not the one that they were written with. */
export async function checkRows(report: Report, looking: Looking) {
  for await (const page of filesOfRows()) {
    report.looked.rows += page.files.length;
    for (const finding of await wrongOf(page, looking)) add(report, finding);
    looking.signal?.throwIfAborted();
  }
}

/**
 * A file goes only after its row, so one that was missing before its row was seen a second time is missing. One that is
 * another gets a moment, because it comes before its row.
 */
async function wrongOf(page: RowPage, looking: Looking): Promise<Finding[]> {
  const suspects: number[] = [];
  let isChanged = false;
  for (const [place, file] of page.files.entries()) {
    const wrong = await compare(file, looking);
    if (wrong !== null) suspects.push(place);
    isChanged ||= wrong?.kind === 'file_changed';
  }
  if (suspects.length === 0) return [];
  if (isChanged) await pause(REPLACING_MS);
  const found: Finding[] = [];
  for (const file of await page.again(suspects)) {
    const wrong = await compare(file, looking);
    if (wrong !== null) found.push(wrong);
  }
  return found;
}

async function compare(
  { key, bytes, sha256 }: NamedFile,
  { hashes, signal }: Looking,
): Promise<Finding | null> {
  const changed = (message: string): Finding => ({ kind: 'file_changed', subject: key, message });
  const missing: Finding = {
    kind: 'row_without_file',
    subject: key,
    message: `The file ${key} is missing; its row in the database is there.`,
  };
  const unreadable = changed(`The file ${key} cannot be read.`);
  const found = await look(key).catch(() => undefined);
  if (found === undefined) return unreadable;
  if (found === null) return missing;
  if (bytes !== null && found.bytes !== bytes)
    return changed(`The file ${key} has ${found.bytes} bytes; it was written with ${bytes}.`);
  if (!hashes) return null;
  signal?.throwIfAborted();
  const content = await fileHash(pathOf(key)).catch(() => null);
  if (content === null) return (await look(key).catch(() => undefined)) === null ? missing : unreadable;
  return content.sha256 === sha256
    ? null
    : changed(`The content of ${key} is not what was written: its SHA-256 is ${content.sha256}.`);
}

/** Files that no row names, as the sweeper would find them. */
export async function checkFiles(report: Report, signal: AbortSignal | undefined) {
  for await (const keys of keysOfVolume(signal)) {
    const files = keys.filter((key) => !isFolder(key));
    report.looked.files += files.length;
    const suspects = await orphansAmong(files, GRACE_MS);
    // Gone by the second look is what somebody removed meanwhile.
    for (const key of suspects.length === 0 ? [] : await orphansAmong(suspects, GRACE_MS))
      add(report, {
        kind: 'file_without_row',
        subject: key,
        message: `No row in the database names the file ${key}.`,
      });
  }
}
