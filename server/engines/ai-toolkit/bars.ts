/** A progress bar as tqdm paints it. `postfix` is what a program says beside it: `lr: 1.0e-04 loss: 5.379e-01`. */
export type Bar = { title: string; done: number; total: number; postfix: string };

// title: 33%|███▎      | 10/30 [00:01<00:02,  9.05it/s, postfix]
const BAR =
  /^(?:(?<title>.+?):\s+)?\s*\d+%\|[^|]*\|\s*(?<done>\d+)\/(?<total>\d+)\s+\[[\d:]+<[\d:?]+,\s*[\d.?]+(?:it\/s|s\/it)(?:,\s*(?<postfix>.*?))?\]\s*$/;

export function parseBar(segment: string): Bar | null {
  const { title = '', done, total, postfix = '' } = BAR.exec(segment)?.groups ?? {};
  return done === undefined ? null : { title, done: Number(done), total: Number(total), postfix };
}

/** Bars of any kind, also of downloads (`1.2G/9.8G`) and of what has no end: nothing for a log. */
export const isBar = (segment: string) =>
  /\d+%\|/.test(segment) || /\[[^\]]*(it|B)\/s|s\/(it|B)\b/.test(segment);

const NUMBER = String.raw`([-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))`;
const RATE = new RegExp(`\\blr: ${NUMBER}`, 'i');
const LOSS = new RegExp(`\\bloss: ${NUMBER}`, 'i');

/** Python writes `nan` and `inf`. */
function numberIn(text: string, pattern: RegExp): number | null {
  const written = pattern.exec(text)?.[1]?.toLowerCase();
  if (written === undefined) return null;
  if (written.endsWith('inf')) return written.startsWith('-') ? -Infinity : Infinity;
  return Number(written);
}

export type BarStep = { step: number; loss: number; learningRate: number };

/**
 * Steps read from the bar of a training. Both numbers of a step are painted before its count is, and versions differ in what
 * they count: one has the steps that are done (0 while the first is under way), an older one lags by a further step. Which it
 * is shows at the second step. Paints that only repeat are passed over.
 */
export function barSteps(): (bar: Bar) => BarStep | null {
  let first: number | null = null;
  let offset: 1 | 2 | null = null;
  let painted = '';
  return ({ done, postfix }) => {
    const loss = numberIn(postfix, LOSS);
    if (loss === null || postfix === painted) return null;
    painted = postfix;
    const learningRate = numberIn(postfix, RATE) ?? 0;
    if (first === null) {
      first = done;
      return { step: done + 1, loss, learningRate };
    }
    offset ??= done === first ? 2 : 1;
    return { step: done + offset, loss, learningRate };
  };
}
