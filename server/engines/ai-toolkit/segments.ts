import { parseBar } from './bars.ts';

/** What tqdm moves the cursor with when it draws one bar above another. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');
/** A line without an end is not kept for ever. */
const MAX_SEGMENT = 100_000;

/**
 * Cuts a stream of terminal output into lines and bars, wherever its chunks begin and end. A bar has a carriage return before
 * it and nothing behind it, so the one at the end of a chunk is told when it is complete, not when the next is painted.
 */
export function segmentsOf(tell: (segment: string) => void): { write(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let pending = '';
  let toldEarly: string | null = null;

  function take(text: string) {
    const parts = (pending + text).split(/[\r\n]/);
    pending = (parts.pop() ?? '').slice(-MAX_SEGMENT);
    for (const part of parts) {
      const segment = part.replace(ESCAPES, '');
      if (segment !== toldEarly) tell(segment);
      toldEarly = null;
    }
    const segment = pending.replace(ESCAPES, '');
    if (segment === toldEarly || parseBar(segment) === null) return;
    toldEarly = segment;
    tell(segment);
  }

  return {
    write: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end() {
      take(decoder.decode());
      if (pending !== '') take('\n');
    },
  };
}
