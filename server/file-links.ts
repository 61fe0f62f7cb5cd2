import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { signingKey } from './auth/secrets.ts';
import { parseInput } from './errors.ts';

const LONGEST_SECONDS = 600;
const ALGORITHM = 'HS256';

const key = () => signingKey('file-links');

/** A path as the API tells it: those of weights end in `?download`. */
const FILE_URL = /^\/files\/[a-z]+\/[0-9a-f-]{36}(?:\/[a-z0-9]{1,20})?(?:\?download)?$/;

const NewLink = z.object({
  url: z.string().regex(FILE_URL, {
    error: 'It is the path of a file as this API tells it, such as /files/images/{id}/256.',
  }),
  download: z.boolean(),
  expiresInSeconds: z
    .int()
    .refine((seconds) => seconds >= 1 && seconds <= LONGEST_SECONDS, `It may be 1 to ${LONGEST_SECONDS}.`),
});

export type FileLink = { url: string; expiresAt: Date };

/** What a token is for: one file, in one size, to be shown or to be saved. */
type Use = { path: string; isDownload: boolean };

/**
 * A path that needs no account, for a short while: for programs that can be told an address and no header. Nothing is kept of it, so
 * it cannot be taken back, and outlives a session that ends meanwhile by ten minutes at most.
 */
export async function createFileLink(input: {
  url: string;
  download: boolean;
  expiresInSeconds: number;
}): Promise<FileLink> {
  const { url, download, expiresInSeconds } = parseInput(NewLink, input);
  const [path = '', query] = url.split('?', 2);
  const isDownload = download || query !== undefined;
  const expires = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const token = await new SignJWT({ isDownload })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(path)
    .setExpirationTime(expires)
    .sign(await key());
  return {
    url: `${path}?${isDownload ? 'download&' : ''}token=${token}`,
    expiresAt: new Date(expires * 1000),
  };
}

/** Whether a token is ours, is still good, and is for this. */
export async function admitsTo(token: string, { path, isDownload }: Use): Promise<boolean> {
  try {
    const options = { algorithms: [ALGORITHM], subject: path, requiredClaims: ['exp'] };
    const { payload } = await jwtVerify(token, await key(), options);
    return payload.isDownload === isDownload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
