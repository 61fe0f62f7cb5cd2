/** Holds `burst` at most, and is filled by so many a second. What is taken beyond has to be waited for. */
export function tokenBucket({ burst, perSecond }: { burst: number; perSecond: number }) {
  let tokens = burst;
  let filledAt = performance.now();

  function fill() {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  }

  return {
    take() {
      fill();
      tokens--;
    },
    /** Until there is one again; 0 when there is. */
    waitMs() {
      fill();
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
    },
  };
}
