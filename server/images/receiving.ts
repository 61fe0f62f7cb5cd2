import { createHash } from 'node:crypto';
import type { FileUpload } from 'graphql-upload-minimal';
import { withoutControls } from '../plain-text.ts';
import { type Received, type Storage, TooManyBytes } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { megabytes } from '../upload-budget.ts';
import { MAX_FILE_BYTES } from './upload-limits.ts';

/** A file of a multipart request whose turn it is. `file` is undefined when the request ended without it. */
export type Arrival = { index: number; file: FileUpload | undefined };

/** The bytes of a file did not all come, or too many did. */
export class NotReceived extends Error {
  readonly code: 'TOO_LARGE' | 'INCOMPLETE' | 'MISSING';

  constructor(code: NotReceived['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The parts of a multipart body come one after the other, and the next only when the one before was read. So they are taken
 * as they come and not as `files` orders them: waiting for the second would wait for ever.
 */
export async function* inOrderOfArrival(files: Promise<FileUpload>[]): AsyncGenerator<Arrival, void> {
  const places = files.map(() => Promise.withResolvers<Arrival>());
  let arrived = 0;
  for (const [index, file] of files.entries()) {
    const arrive = (came?: FileUpload) => places[arrived++]?.resolve({ index, file: came });
    file.then(arrive, () => arrive());
  }
  for (const { promise } of places) yield await promise;
}

const MAX_NAME = 255;

/**
 * A label and never a path: without folders, line breaks, and the signs that make text run backwards. Browsers write `"` as
 * `%22` and leave `%` as it is (https://html.spec.whatwg.org/#multipart-form-data).
 */
export function fileNameOf({ index, file }: Arrival) {
  const name = withoutControls(file?.filename?.replace(/^.*[\\/]/s, '').replaceAll('%22', '"') ?? '').trim();
  return [...(name || `Photo ${index + 1}`)].slice(0, MAX_NAME).join('');
}

/** Streams a file to a temporary one. */
export const receiveFile = (arrival: Arrival): Promise<Received> => readFile(arrival, storage.receive);

export type Receipt<Result = Received> = { received: Result } | { error: unknown };

/** Never rejects. */
const receiptOf = <Result>(receiving: Promise<Result>): Promise<Receipt<Result>> =>
  receiving.then(
    (received) => ({ received }),
    (error: unknown) => ({ error }),
  );

export const receive = (arrival: Arrival) => receiptOf(receiveFile(arrival));

/** What tells one file from another: its hex SHA-256. One that was too large to be read has its size, in a sentence. */
export function contentOf(receipt: Receipt<{ sha256: string }>): string {
  if ('received' in receipt) return receipt.received.sha256;
  return receipt.error instanceof NotReceived ? receipt.error.message : '';
}

/** The contents of files that are not to be kept, in the order of `files`. */
export async function contentsOf(files: Promise<FileUpload>[]): Promise<string[]> {
  const contents = files.map(() => '');
  for await (const arrival of inOrderOfArrival(files))
    contents[arrival.index] = contentOf(await receiptOf(readFile(arrival, hash)));
  return contents;
}

async function hash(...[source, { maxBytes }]: Parameters<Storage['receive']>) {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooManyBytes(maxBytes);
    sha256.update(chunk);
  }
  return { sha256: sha256.digest('hex') };
}

/** Reads it to its end in any case, because the next one comes only after that. */
async function readFile<Result>(
  { file }: Arrival,
  receive: (...args: Parameters<Storage['receive']>) => Promise<Result>,
): Promise<Result> {
  if (file === undefined)
    throw new NotReceived('MISSING', 'The request names this file but does not have it.');
  let bytes = 0;
  const source = open(file);
  // Leaving an ordinary iteration would destroy the stream, and the parser never noticed that it may go on.
  async function* counted() {
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      yield chunk as Uint8Array;
    }
  }
  try {
    return await receive(counted(), { maxBytes: MAX_FILE_BYTES });
  } catch (error) {
    const isComplete = source.readableEnded || (await readAll(counted()));
    const limit = megabytes(MAX_FILE_BYTES);
    if (bytes > MAX_FILE_BYTES) {
      const size = isComplete ? megabytes(bytes) : `more than ${limit}`;
      throw new NotReceived('TOO_LARGE', `The photo is ${size}; the limit is ${limit}.`);
    }
    if (!isComplete) throw incomplete();
    throw error;
  }
}

function open(file: FileUpload) {
  try {
    return file.createReadStream();
  } catch {
    throw incomplete();
  }
}

const incomplete = () => new NotReceived('INCOMPLETE', 'The photo did not arrive completely; send it again.');

async function readAll(source: AsyncIterable<unknown>) {
  try {
    for await (const _ of source);
    return true;
  } catch {
    return false;
  }
}
