import { env } from '../env.ts';
import type { CatalogueModel } from './catalogue.ts';
import { DownloadFailure } from './failure.ts';
import { ENDPOINT, request, unreachable } from './requests.ts';

/**
 * Files of Hugging Face's repositories, and of mirrors that speak like it: `GET /{repo}/resolve/{revision}/{path}` sends us on to where the bytes
 * are, and its own answer has `X-Repo-Commit`, and of a large file `X-Linked-Size` and `X-Linked-Etag`, its SHA-256
 * (https://huggingface.co/docs/huggingface_hub/package_reference/file_download).
 */
export type RemoteFile = { commit: string; bytes: number; sha256: string };

/** Without a byte for so long, a connection is given up. Sooner than the job counts as hanging. */
const QUIET_MS = 1000 * Math.min(60, env.STALL_SECONDS / 2);

const pathOf = ({ repo, path }: CatalogueModel['source'], revision: string) =>
  [...repo.split('/'), 'resolve', revision, ...path.split('/')].map(encodeURIComponent).join('/');

const SHA256 = /^[0-9a-f]{64}$/;

/** What the source says of the file now. Where the catalogue knows better, both have to agree. */
export async function lookUp(model: CatalogueModel, signal: AbortSignal): Promise<RemoteFile> {
  const { source } = model;
  const response = await request(pathOf(source, source.revision), {
    method: 'HEAD',
    signal,
    isEnough: ({ headers }) => headers.has('x-linked-etag'),
  });
  await response.body?.cancel();
  if (response.status >= 400) throw refusal(model, response);
  const { headers } = response;
  const etag = headers.get('x-linked-etag')?.replace(/^(W\/)?"?|"$/g, '') ?? '';
  const said = {
    commit: headers.get('x-repo-commit') ?? source.revision,
    bytes: Number(headers.get('x-linked-size') ?? headers.get('content-length') ?? Number.NaN),
    sha256: SHA256.test(etag) ? etag : null,
  };
  const sha256 = said.sha256 ?? model.sha256;
  const bytes = Number.isSafeInteger(said.bytes) && said.bytes > 0 ? said.bytes : model.bytes;
  if (!/^[\w.-]{1,100}$/.test(said.commit) || sha256 === null || bytes === null)
    throw new DownloadFailure({
      code: 'SOURCE_UNCLEAR',
      message: `${ENDPOINT.host} does not say which checksum and size the file has, so nothing could be verified.`,
      advice: 'Take Hugging Face itself, or a mirror that passes on its headers (HF_ENDPOINT).',
    });
  if ((model.sha256 ?? sha256) !== sha256 || (model.bytes ?? bytes) !== bytes)
    throw new DownloadFailure({
      code: 'MODEL_CHANGED',
      message: `${source.repo} has another file in this place than the one that is known.`,
      advice:
        'It may be a newer one that this version does not know yet, or not what it says. It was not downloaded.',
    });
  return { commit: said.commit, bytes, sha256 };
}

/** The bytes of the file from `from` on; when the source cannot begin there, from its first one. Memory stays flat. */
export async function read(
  model: CatalogueModel,
  { commit, bytes }: RemoteFile,
  { from, signal }: { from: number; signal: AbortSignal },
): Promise<{ from: number; chunks: AsyncIterable<Uint8Array> }> {
  // A commit never changes, so what is there already and what comes belong to one file.
  const response = await request(pathOf(model.source, commit), {
    method: 'GET',
    headers: from > 0 ? { Range: `bytes=${from}-` } : {},
    signal,
  });
  const isWhole = response.status === 200;
  const isRest =
    response.status === 206 &&
    response.headers.get('content-range') === `bytes ${from}-${bytes - 1}/${bytes}`;
  if (response.body !== null && (isWhole || isRest))
    return {
      from: isRest ? from : 0,
      chunks: unlessQuiet(response.body, new URL(response.url).host, signal),
    };
  await response.body?.cancel();
  if (response.status >= 400 && response.status !== 416) throw refusal(model, response);
  throw new DownloadFailure({
    code: 'SOURCE_UNCLEAR',
    message: `${ENDPOINT.host} answers with another part of the file than was asked for.`,
    canRetry: true,
  });
}

/** What comes in, until nothing comes for too long. */
async function* unlessQuiet(body: ReadableStream<Uint8Array>, host: string, signal: AbortSignal) {
  const reader = body.getReader();
  try {
    for (;;) {
      const quiet = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => quiet.reject(new Error(`Nothing came for ${QUIET_MS / 1000} s.`)),
        QUIET_MS,
      );
      const { done, value } = await Promise.race([reader.read(), quiet.promise]).finally(() =>
        clearTimeout(timer),
      );
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(host, error);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function refusal({ source, licence }: CatalogueModel, { status, headers }: Response): DownloadFailure {
  const page = new URL(`${ENDPOINT.pathname.replace(/\/$/, '')}/${source.repo}`, ENDPOINT.origin).href;
  const isUnknown = /^(Repo|Revision|Entry)NotFound$/.test(headers.get('x-error-code') ?? '');
  if (status === 404 || isUnknown)
    return new DownloadFailure({
      code: 'MODEL_MISSING',
      message: `${ENDPOINT.host} has no file ${source.path} in ${source.repo}.`,
      advice: 'It may have been moved since this version. Put the file into the folder by hand.',
    });
  if (status === 401 || status === 403)
    return new DownloadFailure({
      code: 'MODEL_GATED',
      message: `${ENDPOINT.host} gives ${source.repo} only to accounts that have accepted its licence (${licence.name}).`,
      advice:
        env.HF_TOKEN === undefined
          ? `Accept the licence at ${page}, make a token that may read there, and set HF_TOKEN where the worker runs.`
          : `The token in HF_TOKEN was not enough: accept the licence at ${page} with its account, and let the token read gated repositories.`,
    });
  return new DownloadFailure({
    code: 'SOURCE_REFUSED',
    message: `${ENDPOINT.host} refuses the download (HTTP ${status}).`,
    advice: status === 429 ? 'It takes fewer requests than that. Try again later.' : 'Try again later.',
    canRetry: status === 429 || status >= 500,
  });
}
