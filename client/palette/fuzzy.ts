/** Where the letters of a search were found in a text, and how well they fit. */
export type Match = { score: number; at: readonly number[] };

const AT_WORD = 8;
const IN_A_ROW = 5;
const JUMP = -2;
/** For each letter that was typed; what fits less is chance. */
const LEAST = 2;

const isWordStart = (text: string, index: number) =>
  index === 0 || !/[\p{L}\p{N}]/u.test(text[index - 1] ?? '');

/**
 * Each word of the search has its letters in the text, in this order: best in a row from the start of a word, as `tr ma` for
 * `Train Mara`. Null when one of them has not.
 */
export function fuzzyMatch(search: string, text: string): Match | null {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.toLowerCase();
  let score = 0;
  const at: number[] = [];
  for (const word of words) {
    const match = matchWord(word, lower);
    if (match === null) return null;
    score += match.score;
    at.push(...match.at);
  }
  // Of two that fit alike, the shorter one is meant.
  return { score: score - text.length / 100, at };
}

/** The best way through all of them: `best[i]` is that of the letters so far, the last of which stands at `i`. */
function matchWord(word: string, text: string): Match | null {
  let best: (Match | null)[] = [];
  for (const [order, letter] of [...word].entries()) {
    const before = best;
    best = [];
    // Of those that end further back than one place, the best one.
    let far: Match | null = null;
    for (let index = 0; index < text.length; index++) {
      const skipped = before[index - 2] ?? null;
      if (skipped !== null && (far === null || skipped.score > far.score)) far = skipped;
      if (text[index] !== letter) continue;
      const alone = isWordStart(text, index) ? AT_WORD : JUMP;
      const near = before[index - 1] ?? null;
      const ways: Match[] = [];
      if (order === 0) ways.push({ score: alone, at: [index] });
      if (near !== null)
        ways.push({ score: near.score + Math.max(IN_A_ROW, alone), at: [...near.at, index] });
      if (far !== null) ways.push({ score: far.score + alone, at: [...far.at, index] });
      best[index] = ways.reduce<Match | null>(better, null);
    }
  }
  const found = best.reduce<Match | null>((one, other) => (other ? better(one, other) : one), null);
  return found !== null && found.score >= LEAST * word.length ? found : null;
}

const better = (one: Match | null, other: Match): Match =>
  one !== null && one.score >= other.score ? one : other;
