import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeZip, predictLength } from 'client-zip';
import { type ArchiveEntry, entriesOf } from '../generation/archives.ts';
import { log } from '../log.ts';
import { storage } from '../storage/volume.ts';
import { refuse } from './refuse.ts';
import { isGone, NO_SUCH_FILE } from './send-file.ts';

/**
 * A ZIP of images, made while it is sent: one file is open at a time, and nothing is held but what goes out. Pictures are stored and not
 * compressed, which would save nothing, so its length is known before. It has no ETag and takes no range: it is made anew each time.
 */
export async function sendArchive(req: IncomingMessage, res: ServerResponse, id: string) {
  const entries = await entriesThere(id);
  if (entries.length === 0) return refuse(req, res, NO_SUCH_FILE);
  const files = entries.map(({ name, bytes, madeAt }) => ({ name, size: bytes, lastModified: madeAt }));
  res.writeHead(200, {
    'Cache-Control': 'no-store',
    'Content-Disposition': `attachment; filename="isengard-${entries.length}-images.zip"`,
    'Content-Length': Number(predictLength(files)),
    'Content-Type': 'application/zip',
  });
  if (req.method === 'HEAD') return void res.end();
  const zip = makeZip(contentsOf(entries), { buffersAreUTF8: true });
  await pipeline(Readable.from(zip), res).catch((error: unknown) => {
    if (!res.writableFinished && !isGone(error))
      log.warn({ error, archive: id }, 'A ZIP could not be sent to its end');
  });
}

/** A file may be missing that its row names; then the ZIP has the others. */
async function entriesThere(id: string): Promise<ArchiveEntry[]> {
  const there: ArchiveEntry[] = [];
  for (const entry of (await entriesOf(id)) ?? []) {
    const found = await storage.stat(entry.key);
    if (found !== null) there.push({ ...entry, bytes: found.bytes });
  }
  return there;
}

function* contentsOf(entries: ArchiveEntry[]) {
  for (const { key, name, bytes, madeAt } of entries)
    yield { name, size: bytes, lastModified: madeAt, input: readingOf(key) };
}

/** Opened when it is its turn. */
async function* readingOf(key: string) {
  yield* storage.stream(key);
}
