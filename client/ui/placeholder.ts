import { thumbHashToDataURL } from 'thumbhash';

const made = new Map<string, string | null>();

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
  made.set(thumbHash, url);
  return url;
}
