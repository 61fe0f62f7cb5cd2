import { env } from '../env.ts';
import { info } from '../info.ts';
import { DownloadFailure } from './failure.ts';

const MOST_REDIRECTS = 5;
const ANSWER_MS = 30_000;

/** Where models come from. The token is for this origin alone, never for where it sends us on to. */
export const ENDPOINT = new URL(env.HF_ENDPOINT);

export const unreachable = (host: string, cause: unknown) =>
  new DownloadFailure({
    code: 'SOURCE_UNREACHABLE',
    message: `${host} cannot be reached, or broke off.`,
    advice: 'Look whether the worker has a way to the internet, and what HF_ENDPOINT says.',
    canRetry: true,
    cause,
  });

/** An answer to a request that was not sent on. Throws what cannot be reached as a failure; `signal` ends it in any case. */
async function ask(url: URL, method: 'HEAD' | 'GET', headers: Record<string, string>, signal: AbortSignal) {
  const isOurs = url.origin === ENDPOINT.origin;
  const isKnown = isOurs && env.HF_TOKEN !== undefined;
  const answered = new AbortController();
  const late = setTimeout(() => answered.abort(), ANSWER_MS);
  try {
    return await fetch(url, {
      method,
      redirect: 'manual',
      // What is counted and hashed are the bytes of the file.
      headers: {
        'User-Agent': `isengard/${info.version}`,
        'Accept-Encoding': 'identity',
        ...headers,
        ...(isKnown && { Authorization: `Bearer ${env.HF_TOKEN}` }),
      },
      signal: AbortSignal.any([signal, answered.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url.host, error);
  } finally {
    clearTimeout(late);
  }
}

/**
 * Whether it may send us there: to https anywhere, or to another door of the host that was chosen. What comes from there is written to
 * a file and has to have the right checksum; nothing of it is told.
 */
const mayGo = (to: URL) =>
  (to.protocol === 'https:' || (to.protocol === ENDPOINT.protocol && to.hostname === ENDPOINT.hostname)) &&
  to.username === '' &&
  to.password === '';

type Options = {
  method: 'HEAD' | 'GET';
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** An answer that sends us on and has all that was asked for. */
  isEnough?: (response: Response) => boolean;
};

/** The last answer of a chain of redirects. Its body has to be read or cancelled. */
export async function request(path: string, { method, headers = {}, signal, isEnough }: Options) {
  let url = new URL(`${ENDPOINT.pathname.replace(/\/$/, '')}/${path}`, ENDPOINT);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await ask(url, method, headers, signal);
    const location = response.headers.get('location');
    const isRedirect = response.status >= 300 && response.status < 400 && location !== null;
    if (!isRedirect || isEnough?.(response)) return response;
    await response.body?.cancel();
    const next = URL.parse(location, url);
    if (next === null || !mayGo(next))
      throw new DownloadFailure({
        code: 'REDIRECT_REFUSED',
        message: `${url.host} sends the download to an address that is neither its own nor https.`,
        advice: 'Look what HF_ENDPOINT says.',
      });
    url = next;
  }
  throw new DownloadFailure({
    code: 'REDIRECT_REFUSED',
    message: `${url.host} sends the download in circles.`,
  });
}
