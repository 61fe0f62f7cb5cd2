import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Stored = { bytes: Buffer; sha256: string; commit: string; isGated: boolean };

export type Asked = {
  at: 'hub' | 'cdn';
  method: string;
  path: string;
  token: string | null;
  range: string | null;
};

/** How it misbehaves; each holds until it is set back. */
export type Faults = {
  /** The storage sends so many bytes of each answer and then waits for `release`. */
  holdAfter: number | null;
  /** The storage breaks off its next answers after so many bytes each, of which the last may be lost. */
  dieAfter: number[];
  /** The storage sends nothing where something is asked for from the middle on, and says that it was all. */
  isEmpty: boolean;
  /** What the storage sends has another last byte. */
  isCorrupt: boolean;
  /** The storage begins at the start whatever it is asked for. */
  ignoresRange: boolean;
  /** Where the hub sends everybody, instead of to its storage. */
  location: string | null;
  /** What the hub answers to its next requests; null for what is right. */
  statuses: (number | null)[];
};

const noFaults = (): Faults => ({
  holdAfter: null,
  dieAfter: [],
  isEmpty: false,
  isCorrupt: false,
  ignoresRange: false,
  location: null,
  statuses: [],
});

/**
 * Speaks as Hugging Face does to who downloads a file: a hub that knows repositories and who may read them, and a storage of another
 * origin that it sends everybody to. It keeps what it was asked.
 */
export async function startHuggingFace({ token }: { token: string }) {
  const files = new Map<string, Stored>();
  const asked: Asked[] = [];
  let faults = noFaults();
  let released = Promise.withResolvers<void>();

  function note(at: Asked['at'], { method = '', url = '', headers }: IncomingMessage) {
    asked.push({
      at,
      method,
      path: url,
      token: headers.authorization?.replace(/^Bearer /, '') ?? null,
      range: headers.range ?? null,
    });
  }

  const hub = createServer((request, response) => {
    note('hub', request);
    const [, repo = '', revision = '', path = ''] =
      /^\/([\w.-]+\/[\w.-]+)\/resolve\/([^/]+)\/(.+)$/.exec(request.url ?? '') ?? [];
    const refuse = (status: number, code?: string) =>
      response.writeHead(status, code ? { 'X-Error-Code': code } : {}).end('no');
    const status = faults.statuses.shift();
    if (status != null) return refuse(status);
    const file = files.get(`${repo}/${path}`);
    if (file === undefined) return refuse(404, 'EntryNotFound');
    if (file.isGated && request.headers.authorization !== `Bearer ${token}`) return refuse(401, 'GatedRepo');
    if (revision !== 'main' && revision !== file.commit) return refuse(404, 'RevisionNotFound');
    response
      .writeHead(302, {
        Location: faults.location ?? `${cdnUrl}/${file.sha256}?Signature=of-the-moment`,
        'X-Repo-Commit': file.commit,
        'X-Linked-Size': file.bytes.length,
        'X-Linked-Etag': `"${file.sha256}"`,
      })
      .end();
  });

  const cdn = createServer((request, response) => void send(request, response));

  async function send(request: IncomingMessage, response: ServerResponse) {
    note('cdn', request);
    const sha256 = request.url?.replace(/^\/|\?.*$/g, '');
    const file = [...files.values()].find((one) => one.sha256 === sha256);
    if (file === undefined) return void response.writeHead(403).end();
    const { length } = file.bytes;
    const start = faults.ignoresRange
      ? 0
      : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'Content-Range': `bytes ${start}-${length - 1}/${length}` };
    if (faults.isEmpty && start > 0) return void response.writeHead(206, range).end();
    if (start > 0) response.writeHead(206, { 'Content-Length': length - start, ...range });
    else response.writeHead(200, { 'Content-Length': length });
    const bytes = Buffer.from(file.bytes.subarray(start));
    if (faults.isCorrupt) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const dieAfter = faults.dieAfter.shift();
    if (dieAfter !== undefined) {
      response.write(bytes.subarray(0, dieAfter), () => setTimeout(() => response.destroy(), 300));
      return;
    }
    const { holdAfter } = faults;
    if (holdAfter !== null && holdAfter < bytes.length) {
      response.write(bytes.subarray(0, holdAfter));
      await Promise.race([released.promise, once(response, 'close')]);
      response.end(bytes.subarray(holdAfter));
    } else response.end(bytes);
  }

  const url = await open(hub);
  const cdnUrl = await open(cdn);
  return {
    url,
    cdnUrl,
    asked,
    put(repo: string, path: string, bytes: Buffer, { isGated = false } = {}) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const commit = createHash('sha1').update(bytes).digest('hex');
      files.set(`${repo}/${path}`, { bytes, sha256, commit, isGated });
      return sha256;
    },
    misbehave(change: Partial<Faults>) {
      Object.assign(faults, change);
    },
    /** Behaves again, and forgets what it was asked. */
    behave() {
      faults = noFaults();
      asked.length = 0;
    },
    /** Goes on with the answers that it holds, and holds none any more. */
    release() {
      faults.holdAfter = null;
      released.resolve();
      released = Promise.withResolvers();
    },
    async [Symbol.asyncDispose]() {
      for (const server of [hub, cdn]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function open(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
