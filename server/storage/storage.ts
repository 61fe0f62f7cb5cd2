/**
 * Where files live. Keys are relative paths below the volume, made by `keys.ts` from ids and numbers of ours and never
 * from anything a caller typed. There is one kind so far, the volume; object storage is to fit behind the same functions.
 */
export type Received = {
  /** Absolute path of a complete temporary file on the same file system as the volume. Give it to `keep` or `discard`. */
  path: string;
  bytes: number;
  /** Hex. */
  sha256: string;
};

/** What is served at `/files/…`: the domains look it up, `http/files.ts` sends it. */
export type StoredFile = {
  key: string;
  /** Hex, of the bytes at `key`: the file's ETag, and the name of its thumbnails. */
  sha256: string;
  /** Media type, known from our own decoding and never from what a caller said. */
  type: string;
  /** What to call it when it is saved; may hold anything, headers are made of it with care. */
  name: string;
};

export type Range = { start: number /** Inclusive. */; end: number };

/** More came than was allowed; what came was removed. */
export class TooManyBytes extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`More than ${limit} bytes`);
    this.limit = limit;
  }
}

/** What was to be kept is not there (any more). */
export class NothingToKeep extends Error {}

/**
 * A complete local file, on the disk and ready to be put under a key in one step. What is slow is done, so that the step can
 * be taken under a lock; it can be taken again when its transaction has to be repeated.
 */
export type Staged = { place(key: string): Promise<void> } & AsyncDisposable;

export type Storage = {
  /** Streams into a temporary file while hashing and counting: memory stays flat. Throws `TooManyBytes`, leaves nothing behind. */
  receive(source: AsyncIterable<Uint8Array>, limit: { maxBytes: number }): Promise<Received>;
  stage(path: string): Promise<Staged>;
  /** Puts a complete local file under its key: fsync, link, rename, fsync of the folder. Replaces what was there; `path` stays. Throws `NothingToKeep`. */
  keep(path: string, key: string): Promise<void>;
  discard(path: string): Promise<void>;
  write(key: string, bytes: Uint8Array | string): Promise<void>;
  stat(key: string): Promise<{ bytes: number } | null>;
  stream(key: string, range?: Range): NodeJS.ReadableStream & AsyncIterable<Uint8Array>;
  /** A path that engines and decoders can read. */
  localPath(key: string): Promise<string>;
  /** Removes a file, or with a trailing slash everything below. What is not there is no error. */
  remove(keys: string[]): Promise<void>;
  /** What is free for us on the volume. */
  freeBytes(): Promise<number>;
  /** Of the file system of the volume. */
  totalBytes(): Promise<number>;
  /** An empty folder of one's own on the volume's file system, removed by `using`/`await using` or on the next boot. */
  temporaryFolder(name: string): Promise<{ path: string } & AsyncDisposable>;
};
