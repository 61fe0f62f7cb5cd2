import { createSignal, onCleanup } from 'solid-js';

/** What `/readyz` says: each check is `ok`, or what is wrong. */
export type Readiness = { isReady: boolean; checks: { name: string; outcome: string }[] };

const EVERY_MS = 15_000;

const NAMES: Record<string, string> = { database: 'Database', migrations: 'Migrations', volume: 'Volume' };

/** From the answer, whose form anybody on the way may have changed; undefined when it is no such answer. */
export function readinessOf(body: unknown): Readiness | undefined {
  if (typeof body !== 'object' || body === null || !('checks' in body)) return;
  const { checks } = body;
  if (typeof checks !== 'object' || checks === null) return;
  const told = Object.entries(checks).flatMap(([name, outcome]) =>
    typeof outcome === 'string' ? [{ name: NAMES[name] ?? name, outcome }] : [],
  );
  return { isReady: told.every(({ outcome }) => outcome === 'ok'), checks: told };
}

/** Asks the server again and again whether it can work, while somebody looks; null when it does not answer. */
export function createReadiness() {
  const [readiness, setReadiness] = createSignal<Readiness | null>();
  const gone = new AbortController();
  const look = async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      const response = await fetch('/readyz', { signal: gone.signal });
      setReadiness(readinessOf(await response.json()) ?? null);
    } catch {
      if (!gone.signal.aborted) setReadiness(null);
    }
  };
  void look();
  const timer = setInterval(look, EVERY_MS);
  onCleanup(() => {
    clearInterval(timer);
    gone.abort();
  });
  return readiness;
}
