/** Runs what it is given, `size` at a time, the others wait their turn. */
export function gate(size: number) {
  const waiting: (() => void)[] = [];
  let free = size;
  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free--;
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
