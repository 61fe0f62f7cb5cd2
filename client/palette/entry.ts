import type { IconType } from '../ui/Button.tsx';
import { fuzzyMatch } from './fuzzy.ts';

/** What one can go to or do. It has an address, or else it runs. */
export type Entry = {
  id: string;
  group: string;
  label: string;
  icon: IconType;
  /** Muted, behind the label: a trigger word, a state. It is searched too. */
  note?: string;
  /** Other words by which somebody may look for it. */
  words?: string;
  keys?: string;
  href?: string;
  /** A page that is not one of the client's own. */
  isExternal?: boolean;
  run?: () => void;
  /** Only for who looks for it: else there would be too many. */
  isHidden?: boolean;
};

export type FoundEntry = Entry & { at: readonly number[] };
export type FoundGroup = { name: string; entries: FoundEntry[] };

/** Whether each word of the search begins one of the entry's: in so many words, single letters would always be found. */
function hasWords({ label, note = '', words = '' }: Entry, text: string): boolean {
  const own = `${label} ${note} ${words}`.toLowerCase().split(/\s+/);
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((typed) => own.some((word) => word.startsWith(typed)));
}

const MOST_OF_A_GROUP = 8;

/** What of all entries fits, by groups, the group with the best one first. Nothing typed: all that is not hidden, as it comes. */
export function search(entries: readonly Entry[], text: string): FoundGroup[] {
  const isAny = text.trim() === '';
  const found = entries.flatMap((entry) => {
    if (isAny) return entry.isHidden === true ? [] : [{ entry: { ...entry, at: [] }, score: 0 }];
    const match = fuzzyMatch(text, entry.label);
    if (match !== null) return [{ entry: { ...entry, at: match.at }, score: match.score }];
    return hasWords(entry, text) ? [{ entry: { ...entry, at: [] }, score: 0 }] : [];
  });
  // Stable: what fits alike stays in the order in which it came.
  found.sort((one, two) => two.score - one.score);
  return [...Map.groupBy(found, ({ entry }) => entry.group)].map(([name, ofGroup]) => ({
    name,
    entries: ofGroup.slice(0, MOST_OF_A_GROUP).map(({ entry }) => entry),
  }));
}
