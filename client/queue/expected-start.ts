import { formatClock, formatRange } from '../ui/format.ts';

type Place = { earliestStartAt?: string | null; latestStartAt?: string | null };

/** `in 4–10 min`, `within 3 min`, as the paces of the last jobs allow; undefined when nobody knows. */
export function expectedStart(place: Place | null | undefined, now: number): string | undefined {
  if (place?.earliestStartAt == null || place.latestStartAt == null) return;
  const [low, high] = [place.earliestStartAt, place.latestStartAt].map(
    (at) => Math.max(0, Date.parse(at) - now) / 1000,
  ) as [number, number];
  if (high < 3) return 'at any moment';
  const range = formatRange(low, high);
  // `0–3 min` is a range that one has to think about.
  return range.startsWith('0–') ? `within ${range.slice(2)}` : `in ${range}`;
}

/** The same range as times of day, for a tooltip. */
export function expectedClock(place: Place | null | undefined): string | undefined {
  if (place?.earliestStartAt == null || place.latestStartAt == null) return;
  return `Between ${formatClock(place.earliestStartAt)} and ${formatClock(place.latestStartAt)}, if what is before it goes as the last jobs did`;
}
