import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { GraphQLError } from 'graphql';
import { processRequest, Upload } from 'graphql-upload-minimal';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { unauthenticated } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import { MAX_FILE_BYTES, MAX_FILES } from '../images/upload-limits.ts';
import { watchProgress } from './body.ts';
import { batchRefusal, tooSlow } from './body-refusals.ts';

/** What a resolver may know of the multipart request that brought it. */
export type UploadRequest = {
  /** Of the whole body, as the client declared it; null when it sends in chunks. */
  readonly declaredBytes: number | null;
  readonly fileCount: number;
  /** More than this is not read. */
  readonly limitBytes: number;
  /** Known at once when the size was declared; otherwise it becomes true while the body comes, and the files end in an error. */
  readonly isTooLarge: boolean;
  /** For a resolver whose file may be larger than photos: so many bytes of files are read, if that is more than the limit so far. */
  expectBytes(bytes: number): void;
};

/** The `operations` and `map` fields, each. */
const MAX_FIELD_BYTES = 1_000_000;
const OVERHEAD_BYTES = 2 ** 20;
/** At least this much is read, so that one photo that is too large is told as that one and loses no others. */
const MIN_LIMIT_BYTES = 100 * 2 ** 20;

/**
 * A form of any page may post multipart to us without asking first (it is a "simple" request, https://fetch.spec.whatwg.org/#cors-protocol).
 * A header of one's own cannot be sent so, so one of these shows that the sender is a program or a page of ours.
 */
const PREFLIGHT_HEADERS = [
  'x-isengard-upload',
  'graphql-preflight',
  'graphql-require-preflight',
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
];

const isMultipart = (request: Request) =>
  request.method === 'POST' && /^\s*multipart\//i.test(request.headers.get('content-type') ?? '');

/**
 * Multipart requests (https://github.com/jaydenseric/graphql-multipart-request-spec) streamed: the operation runs as soon as
 * its fields are there, and its resolvers pull the files out of the connection. Yoga's own parser holds them in memory.
 */
export function multipart(): Plugin<
  { upload?: UploadRequest },
  { req: IncomingMessage; res: ServerResponse; principal: Principal }
> {
  const uploads = new WeakMap<Request, UploadRequest>();
  return {
    onRequestParse({ request, serverContext, setRequestParser, endResponse, fetchAPI }) {
      const { req, res, principal } = serverContext;
      if (!isMultipart(request)) return;
      // Nothing that nobody may ask for takes a file, so nothing of it is read.
      if (principal.kind === 'anonymous')
        return void setRequestParser(() => Promise.reject(unauthenticated()));
      if (!PREFLIGHT_HEADERS.some((name) => request.headers.has(name))) {
        const message = `An upload needs the header \`${PREFLIGHT_HEADERS[0]}\` with any value; without it, any web site could send one.`;
        const errors = [{ message, extensions: { code: 'PREFLIGHT_HEADER_MISSING' } }];
        return endResponse(fetchAPI.Response.json({ errors }, { status: 403 }));
      }
      setRequestParser(async () => {
        const { operations, upload } = await parse(req, res);
        uploads.set(request, upload);
        return operations;
      });
    },
    onContextBuilding({ context, extendContext }) {
      const upload = uploads.get(context.request);
      if (upload) extendContext({ upload });
    },
  };
}

async function parse(req: IncomingMessage, res: ServerResponse) {
  const body = new Body(req);
  const options = { maxFieldSize: MAX_FIELD_BYTES, maxFiles: 20 * MAX_FILES };
  // All that the parser uses of a request is that it is a stream with headers.
  const operations = (await processRequest(body as unknown as IncomingMessage, res, options).catch(
    (error) => {
      throw body.isTooSlow ? tooSlow() : refusal(error);
    },
  )) as GraphQLParams | GraphQLParams[];
  if (Array.isArray(operations)) throw batchRefusal();
  return { operations, upload: body.expect(filesIn(operations).size) };
}

/**
 * The library walks the paths of `map` through whatever it finds, inherited properties too: `hasOwnProperty.call` would be replaced for
 * the whole process. A path has to lead through what the sender itself wrote. Of another map the library is given an empty one, which it refuses.
 */
function onlyOwnPaths(parser: NodeJS.WritableStream) {
  const emit = parser.emit.bind(parser);
  let operations = '';
  parser.emit = (event: string | symbol, ...args: unknown[]) => {
    const [name, value] = args;
    if (event !== 'field' || typeof value !== 'string') return emit(event, ...args);
    if (name === 'operations') operations = value;
    return name === 'map' && !leadsThroughOwn(operations, value)
      ? emit(event, name, '', ...args.slice(2))
      : emit(event, ...args);
  };
}

function leadsThroughOwn(operations: string, map: string) {
  try {
    const root: unknown = JSON.parse(operations);
    return Object.values(JSON.parse(map) as object)
      .flat()
      .every((path) => isOwn(root, String(path).split('.')));
  } catch {
    // Malformed in another way, which the library says.
    return true;
  }
}

function isOwn(value: unknown, [name, ...rest]: string[]): boolean {
  if (name === undefined) return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
  return isOwn((value as Record<string, unknown>)[name], rest);
}

/** The library's messages repeat what they were given, so they stay inside. */
function refusal(error: unknown) {
  const isTooLarge = error instanceof Error && 'status' in error && error.status === 413;
  return isTooLarge
    ? new GraphQLError(
        `The fields \`operations\` and \`map\` may have ${MAX_FIELD_BYTES} bytes each, and \`map\` at most ${20 * MAX_FILES} files.`,
        { extensions: { code: 'REQUEST_TOO_LARGE', http: { status: 413 } } },
      )
    : new GraphQLError(
        'This multipart request is malformed. See https://github.com/jaydenseric/graphql-multipart-request-spec.',
        { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
      );
}

/** Deeper than any input, and far from the end of the stack. */
const MAX_INPUT_DEPTH = 50;

function filesIn(value: unknown, found = new Set<Upload>(), depth = 0) {
  if (depth > MAX_INPUT_DEPTH) return found;
  if (value instanceof Upload) found.add(value);
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) filesIn(item, found, depth + 1);
  return found;
}

/** The body of a request on its way to the parser, counted, and cut off where it is longer than it may be. */
class Body extends Transform {
  readonly headers: IncomingMessage['headers'];
  isTooSlow = false;
  readonly #req: IncomingMessage;
  #bytes = 0;
  #upload: (UploadRequest & { limitBytes: number; isTooLarge: boolean }) | undefined;

  constructor(req: IncomingMessage) {
    super();
    this.headers = req.headers;
    this.#req = req;
    // Not `pipeline`: it would close the connection with the body, before the answer.
    req.once('close', () => {
      if (!req.readableEnded) this.destroy();
    });
    this.once('close', () => req.unpipe(this));
    // The files that came whole are kept, and the answer says so.
    watchProgress(req, () => {
      this.isTooSlow = true;
      this.destroy();
    });
    req.pipe(this);
  }

  /**
   * busboy fails a second time when it is torn down after a malformed part, and the library listens for the first time only. An
   * error that nobody listens for would end the process.
   */
  override pipe<Destination extends NodeJS.WritableStream>(parser: Destination): Destination {
    parser.on('error', () => {});
    onlyOwnPaths(parser);
    return super.pipe(parser);
  }

  /** From now on as much may come as these files may have. */
  expect(fileCount: number): UploadRequest {
    const declared = this.headers['content-length'];
    const declaredBytes = declared === undefined ? null : Number(declared);
    const photos = Math.min(fileCount, MAX_FILES) * MAX_FILE_BYTES;
    const upload = {
      declaredBytes,
      fileCount,
      limitBytes: MIN_LIMIT_BYTES,
      isTooLarge: false,
      expectBytes(bytes: number) {
        upload.limitBytes = Math.max(upload.limitBytes, bytes + OVERHEAD_BYTES);
        upload.isTooLarge = (declaredBytes ?? 0) > upload.limitBytes;
      },
    };
    upload.expectBytes(photos);
    this.#upload = upload;
    return upload;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
    this.#bytes += chunk.length;
    if (this.#bytes <= (this.#upload?.limitBytes ?? MIN_LIMIT_BYTES)) return done(null, chunk);
    if (this.#upload) this.#upload.isTooLarge = true;
    this.#req.unpipe(this);
    this.destroy();
  }
}
