/** Control characters, line and paragraph separators, halves of surrogate pairs, and the signs that make text run backwards. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** What somebody else's file or request calls itself, as a label of one line that can be stored and shown anywhere. */
export const withoutControls = (text: string) => text.replace(UNPRINTABLE, '');

/** The same with single spaces, and cut off at so many characters as Postgres counts them. Empty when nothing is left. */
export function labelOf(text: string, maxLength: number): string {
  const words = withoutControls(text.replace(/\s+/gu, ' ')).trim();
  return [...words].slice(0, maxLength).join('').trim();
}
