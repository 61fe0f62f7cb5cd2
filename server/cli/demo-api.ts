import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { createClient } from 'graphql-ws';

/**
 * The public API as any program sees it: HTTP and WebSocket, and nothing of the server's own modules.
 */

/** What went wrong, in one sentence for whoever started us. */
export class Problem extends Error {}

/** Nothing answers, or what answers is something else. */
export class NoAnswer extends Problem {}

type MutationResult = { __typename: string; message?: string };

/** The error that a mutation answered with, and its fields. */
export class Refused extends Problem {
  readonly result: MutationResult;

  constructor(result: MutationResult) {
    super(result.message ?? `The server answered ${result.__typename}.`);
    this.result = result;
  }
}

type Answer = {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
};

export type Api = ReturnType<typeof apiAt>;

/** `key`: an API key of the installation, unless everybody may use it. */
export function apiAt(url: string, key = process.env.ISENGARD_API_KEY) {
  const authorization = key ? { Authorization: `Bearer ${key}` } : undefined;
  async function post(body: BodyInit, headers: Record<string, string>, signal?: AbortSignal) {
    const request = {
      method: 'POST',
      body,
      headers: { Accept: 'application/json', ...authorization, ...headers },
      ...(signal && { signal }),
    };
    const response = await fetch(`${url}/graphql`, request).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new NoAnswer(`Nothing answers at ${url} (${reasonOf(error)}).`);
    });
    const answer = (await response.json().catch(() => null)) as Answer | null;
    const [complaint] = answer?.errors ?? [];
    if (complaint?.extensions?.code === 'UNAUTHENTICATED')
      throw new Problem(`${url} is for those who have an API key: ${HOW_TO_GET_IN}`);
    if (complaint !== undefined) throw new Problem(complaint.message);
    if (answer?.data == null) throw new NoAnswer(`What answers at ${url} is not Isengard.`);
    return answer.data;
  }
  const postJson = (query: string, variables: object, signal?: AbortSignal) =>
    post(JSON.stringify({ query, variables }), { 'Content-Type': 'application/json' }, signal);

  return {
    url,

    query: async <Data>(document: string, variables: object = {}): Promise<Data> =>
      (await postJson(document, variables)) as Data,

    /** What the only field of a mutation answered, when that was its success. Throws `Refused` otherwise. */
    mutate: async <Success>(document: string, input: object): Promise<Success> =>
      succeeded<Success>(await postJson(document, { input })),

    /** The same with files: each is streamed from disk, and stands for one place of `input.files`. */
    async upload<Success>(
      document: string,
      input: object,
      paths: string[],
      signal?: AbortSignal,
    ): Promise<Success> {
      const form = new FormData();
      const variables = { input: { ...input, files: paths.map(() => null) } };
      form.set('operations', JSON.stringify({ query: document, variables }));
      form.set(
        'map',
        JSON.stringify(Object.fromEntries(paths.map((_, i) => [i, [`variables.input.files.${i}`]]))),
      );
      for (const [i, path] of paths.entries()) form.set(String(i), await openAsBlob(path), basename(path));
      return succeeded<Success>(await post(form, { 'X-Isengard-Upload': '1' }, signal));
    },

    /** A file of the server, by its path there. */
    async file(path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
      const response = await fetch(new URL(path, url), {
        ...(authorization && { headers: authorization }),
        ...(signal && { signal }),
      });
      if (!response.ok || response.body === null)
        throw new Problem(`${path} cannot be downloaded (${response.status}).`);
      return response.body;
    },

    sockets: () => socketsAt(`${url.replace(/^http/, 'ws')}/graphql`, key),
  };
}

function succeeded<Success>(data: Record<string, unknown>): Success {
  const result = Object.values(data)[0] as MutationResult;
  if (!result.__typename.endsWith('Success')) throw new Refused(result);
  return result as Success;
}

const HOW_TO_GET_IN =
  'make one in its settings that may read, write characters and write jobs, and set ISENGARD_API_KEY to it.';

const PING_MS = 10_000;
const PONG_MS = 5_000;

/** One that notices when the other end is gone without a word: it pings, and closes when nothing comes back. */
function socketsAt(url: string, key: string | undefined) {
  let overdue: NodeJS.Timeout | undefined;
  const sockets = createClient({
    url,
    ...(key && { connectionParams: { authorization: `Bearer ${key}` } }),
    // Repeating a subscription would repeat its first variables; who follows goes on from the last cursor instead.
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    keepAlive: PING_MS,
    on: {
      ping: (isReceived) => {
        if (!isReceived) overdue = setTimeout(() => sockets.terminate(), PONG_MS);
      },
      pong: (isReceived) => isReceived && clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
  return sockets;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(error);
}
