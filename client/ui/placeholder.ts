import { thumbHashToDataURL } from 'thumbhash';

const made = new Map<string, string | null>();
/** A blur is some 5 kB, and one may scroll by a hundred thousand pictures. */
const KEPT = 500;

/** The blurred picture that a base64 ThumbHash stands for; null when there is none or it is damaged. */
export function placeholder(thumbHash: string | null | undefined): string | null {
  if (thumbHash == null || thumbHash === '') return null;
  const known = made.get(thumbHash);
  if (known !== undefined) return known;
  let url: string | null = null;
  try {
    url = thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (char) => char.charCodeAt(0)));
  } catch {
    // A damaged hash is no reason to show no picture.
  }
  const oldest = made.size < KEPT ? undefined : made.keys().next().value;
  if (oldest !== undefined) made.delete(oldest);
  made.set(thumbHash, url);
  return url;
}
