import { setTimeout as pause } from 'node:timers/promises';

/** Longer than any step of a job stands between two things that belong together. */
const BETWEEN_MS = 1000;

/** Of what `look` finds, by name, that which it finds again a moment later. */
export async function lookTwice<Found>(look: () => Promise<Map<string, Found>>): Promise<Found[]> {
  const first = await look();
  if (first.size === 0) return [];
  await pause(BETWEEN_MS);
  return [...(await look())].filter(([name]) => first.has(name)).map(([, found]) => found);
}
