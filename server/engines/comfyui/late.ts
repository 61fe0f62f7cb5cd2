/** Aborts so many milliseconds after `signal`: what has to be done in between has that long. */
export function late(signal: AbortSignal, milliseconds: number): AbortSignal {
  const over = new AbortController();
  const begin = () => setTimeout(() => over.abort(), milliseconds).unref();
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return over.signal;
}
