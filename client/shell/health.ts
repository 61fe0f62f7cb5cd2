type HealthFacts = {
  /** How many workers said lately that they live. */
  workers: number;
  engines: readonly { label: string; isHealthy: boolean; message: string }[];
  /** What lets nothing start, such as `Trainings`. */
  paused: readonly string[];
};

export type Health = { tone: 'good' | 'warn' | 'bad'; words: string; detail: string };

/** While the server is out of reach nothing is known of what stands behind it. */
export const UNREACHED: Health = {
  tone: 'bad',
  words: 'No connection',
  detail: 'The server cannot be reached.',
};

/** What the studio can do now, in words, from what workers and engines say of themselves. */
export function healthOf(facts: HealthFacts): Health {
  const offline = facts.engines.filter((engine) => !engine.isHealthy);
  const detail = facts.engines.map((engine) => `${engine.label}: ${engine.message}`).join('\n');
  if (facts.workers === 0)
    return { tone: 'bad', words: 'No worker runs', detail: 'Jobs wait until a worker is started.' };
  const workers = facts.workers === 1 ? '1 worker' : `${facts.workers} workers`;
  const paused = new Intl.ListFormat('en').format(facts.paused.map((name) => name.toLowerCase()));
  if (offline.length === 0 && paused !== '')
    return { tone: 'warn', words: `${workers}, ${paused} paused`, detail };
  if (offline.length === 0) return { tone: 'good', words: `${workers}, ready`, detail };
  const names = [...new Set(offline.map((engine) => engine.label))].join(' and ');
  const also = paused === '' ? '' : `, ${paused} paused`;
  return { tone: 'warn', words: `${workers}, ${names} offline${also}`, detail };
}
