import {
  hasMore,
  headerLength,
  headerText,
  InvalidSafetensors,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from './safetensors-header.ts';

/**
 * Passes the bytes of a safetensors file on as they come, held against the rules of `readSafetensorsHeader`. `accept` gets the
 * header before the tensors came and may throw, so of a file that is refused for what it is hardly more than the header is read.
 * What goes on behind its last tensor is refused with the first byte of it.
 */
export async function* checkedSafetensors(
  source: AsyncIterable<Uint8Array>,
  accept: (header: SafetensorsHeader) => void,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  /** What came of the header so far; null when it is complete. */
  let head: Uint8Array[] | null = [];
  let fileSize = Number.POSITIVE_INFINITY;
  for await (const chunk of source) {
    seen += chunk.length;
    if (head !== null) {
      head.push(chunk);
      const header = headerIn(head, seen);
      if (header !== null) {
        accept(header);
        fileSize = header.dataStart + header.dataSize;
        head = null;
      }
    }
    if (seen > fileSize) throw hasMore();
    yield chunk;
  }
  if (seen < 10) throw new InvalidSafetensors('TOO_SHORT', 'The file is too short to be a safetensors file.');
  if (head !== null)
    throw new InvalidSafetensors('HEADER_TRUNCATED', 'The file ends before its header does.');
  if (seen < fileSize)
    throw new InvalidSafetensors('BAD_OFFSETS', 'The file ends before its last tensor does.');
}

/** The header, when all of it is there. */
function headerIn(chunks: Uint8Array[], length: number): SafetensorsHeader | null {
  if (length < 8) return null;
  // `Buffer.concat` stops at the length that it is given.
  const dataStart = 8 + headerLength(Buffer.concat(chunks, 8));
  if (length < dataStart) return null;
  const text = headerText(Buffer.concat(chunks, dataStart).subarray(8));
  return parseSafetensorsHeader(text, dataStart, null);
}
