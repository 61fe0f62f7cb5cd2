import { connect } from 'node:net';
import WebSocket from 'ws';
import type { Answer, Data } from '../api.ts';
import { type Caller, callerAt, createKey } from '../people.ts';
import type { Studio } from '../studio.ts';
import { MULTIPART_HEADERS } from '../uploads.ts';

/** What an attack is made with: a server, those who may use it, and things of theirs. */
export type Target = {
  studio: Studio;
  owner: Caller;
  viewer: Caller;
  anonymous: Caller;
  /** May do everything that a key may. */
  key: string;
  characterId: string;
  /** Path of a photo. */
  photo: string;
};

/**
 * What came of a request, in a few words: the status and the code of the first error, or the type that a mutation answered with,
 * such as `200 ok`, `400 BAD_REQUEST`, `200 NotFound`; of a socket the code with which it was closed.
 */
export type Outcome = string;
export type Probe = (target: Target) => Promise<Outcome>;

/** `expected`: of the attack. The twin, which is the same request as an honest program sends it, has to be `twinIs` (`200 ok`). */
export type Attack = {
  name: string;
  twin: Probe;
  attack: Probe;
  expected: Outcome | RegExp;
  twinIs?: Outcome;
};

const PATIENCE_MS = 20_000;

export function wordsOf(status: number, { data, errors }: Answer): Outcome {
  const code = errors?.[0]?.extensions?.code;
  if (errors) return `${status} ${code ?? 'no code'}`;
  const first: Data = Object.values(data ?? {})[0];
  const type: string | undefined = first?.__typename;
  return `${status} ${type === undefined || type.endsWith('Success') ? 'ok' : type}`;
}

async function wordsOfResponse(response: Response): Promise<Outcome> {
  const text = await response.text();
  if (!(response.headers.get('content-type') ?? '').includes('json')) return `${response.status}`;
  const answer = JSON.parse(text) as Answer & { error?: { code: string } };
  return answer.error ? `${response.status} ${answer.error.code}` : wordsOf(response.status, answer);
}

type Who = 'owner' | 'viewer' | 'anonymous' | 'key';
const headersOf = (target: Target, who: Who): Record<string, string> =>
  who === 'key' ? { Authorization: `Bearer ${target.key}` } : target[who].headers();

type Options = { as?: Who; headers?: Record<string, string>; method?: string };

/** Of an honest client: JSON, by who may do everything. */
export const operation =
  (query: string, variables: object = {}, { as = 'key', headers }: Options = {}): Probe =>
  async (target) =>
    post({ query, variables: filled(target, variables) }, { as, ...(headers && { headers }) })(target);

/** Any body, with any headers. */
export const post =
  (body: unknown, { as = 'key', headers, method = 'POST' }: Options = {}): Probe =>
  async (target) =>
    fetch(`${target.studio.url}/graphql`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...headersOf(target, as),
        ...headers,
      },
      body:
        typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).then(wordsOfResponse);

export const get =
  (
    path: string | ((target: Target) => string),
    { as = 'key', headers, method = 'GET' }: Options = {},
  ): Probe =>
  async (target) =>
    fetch(`${target.studio.url}${typeof path === 'string' ? path : path(target)}`, {
      method,
      headers: { Accept: 'application/json', ...headersOf(target, as), ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).then(wordsOfResponse);

/** Bytes as they are; `HOST`, `PHOTO` and `KEY` are filled in. The status of the first answer, or `closed` without one. */
export const raw =
  (text: string): Probe =>
  ({ studio, photo, key }) =>
    new Promise((resolve, reject) => {
      const { hostname, port, host } = new URL(studio.url);
      const request = text.replaceAll('HOST', host).replaceAll('PHOTO', photo).replaceAll('KEY', key);
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(request, 'latin1'));
      const late = setTimeout(() => reject(new Error('Nothing was answered.')), PATIENCE_MS);
      const end = () => {
        clearTimeout(late);
        socket.destroy();
        resolve(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'closed');
      };
      socket.on('data', (chunk) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n')) end();
      });
      socket.on('error', end);
      socket.on('close', end);
    });

/** A multipart body as it is. */
export const multipart =
  (body: (target: Target) => Uint8Array, { as = 'key', headers }: Options = {}): Probe =>
  async (target) =>
    fetch(`${target.studio.url}/graphql`, {
      method: 'POST',
      headers: { ...MULTIPART_HEADERS, ...headersOf(target, as), ...headers },
      body: body(target) as BodyInit,
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).then(async (response) => {
      const answer = (await response.json()) as Answer;
      const results: Data[] | undefined = answer.data?.uploadImages?.results;
      if (!results) return wordsOf(response.status, answer);
      return `${response.status} ${results.map(({ __typename, code }) => code ?? __typename).join(' ')}`;
    });

type Says = (socket: WebSocket, says: () => Promise<Data>) => Promise<Outcome | undefined>;

/** A socket; what the script returns, or else the code with which it is closed. */
export const socket =
  (
    script: Says,
    { as = 'key', headers, protocol = 'graphql-transport-ws' }: Options & { protocol?: string } = {},
  ): Probe =>
  (target) =>
    new Promise((resolve, reject) => {
      const address = `${target.studio.url.replace('http', 'ws')}/graphql`;
      const ws = new WebSocket(address, protocol === '' ? [] : protocol, {
        headers: { ...headersOf(target, as), ...headers },
      });
      const late = setTimeout(() => reject(new Error('The socket did nothing.')), PATIENCE_MS);
      const heard: Data[] = [];
      let wake = () => {};
      const end = (outcome: Outcome) => {
        clearTimeout(late);
        ws.terminate();
        resolve(outcome);
      };
      ws.on('message', (data) => {
        heard.push(JSON.parse(String(data)));
        wake();
      });
      ws.on('error', () => {});
      ws.on('unexpected-response', (_, response) => end(`${response.statusCode}`));
      ws.on('close', (code) => end(`${code}`));
      ws.on('open', async () => {
        const says = async () => {
          while (heard.length === 0)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          return heard.shift();
        };
        const outcome = await script(ws, says).catch(reject);
        if (outcome !== undefined) end(outcome);
      });
    });

/** Connects, runs one operation, and tells of its first answer. */
export const subscribe = (query: string, options: Options = {}): Probe =>
  socket(async (ws, says) => {
    ws.send('{"type":"connection_init"}');
    await says();
    ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    const { type, payload } = await says();
    const errors = type === 'error' ? payload : payload?.errors;
    return errors ? `${errors[0].extensions?.code ?? 'no code'}` : 'ok';
  }, options);

function filled(target: Target, variables: object): object {
  return JSON.parse(JSON.stringify(variables).replaceAll('CHARACTER', target.characterId));
}

/** A further key of the owner, for one attack alone. */
export async function withKey(target: Target, scopes: string[], run: (caller: Caller) => Promise<Outcome>) {
  const { secret } = await createKey(target.owner, { scopes });
  return run(callerAt(target.studio.url, secret));
}
