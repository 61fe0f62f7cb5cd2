/** More wait than may: whoever comes now is told so at once. */
export class GateFull extends Error {}

/** Runs what it is given, `size` at a time; the others wait their turn, so many at most. */
export function gate(size: number, maxWaiting = Number.POSITIVE_INFINITY) {
  const waiting: (() => void)[] = [];
  let free = size;
  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free--;
    else if (waiting.length >= maxWaiting) throw new GateFull();
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
