import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js';
import { createPageQuery } from '../graphql/query.ts';
import type { Entry } from './entry.ts';
import { characterEntries, jobEntry, loraEntries, PaletteJobs, PaletteNames } from './found-entries.ts';
import { studioEntries } from './studio-entries.ts';

const WAIT_MS = 150;

/**
 * All that can be chosen. The newest of each kind are there at once and found as one types; the server is asked for what is
 * further back. It looks for parts of names, so what is done with them is left out: of `train mara` it is asked for `mara`.
 */
export function createEntries(text: Accessor<string>) {
  const asked = createDelayed(() => nameIn(text()));
  const newest = createPageQuery(PaletteNames, () => ({ search: null }));
  const named = createPageQuery(
    PaletteNames,
    () => ({ search: asked() }),
    () => asked() === '',
  );
  const jobs = createPageQuery(PaletteJobs, () => ({}));

  const entries = createMemo(() => {
    const lists = [newest.data(), asked() === '' ? undefined : named.data()];
    const nodes = <Node extends { id: string }>(pick: (list: (typeof lists)[number]) => Node[]) => [
      ...new Map(lists.flatMap(pick).map((node) => [node.id, node])).values(),
    ];
    return once([
      ...studioEntries(),
      ...nodes((list) => list?.characters.edges.map(({ node }) => node) ?? []).flatMap(characterEntries),
      ...nodes((list) => list?.loras.edges.map(({ node }) => node) ?? []).flatMap(loraEntries),
      ...(jobs.data()?.jobs.edges.map(({ node }, place) => jobEntry(node, place)) ?? []),
    ]);
  });
  const problem = () => newest.problem() ?? named.problem() ?? jobs.problem();
  return { entries, problem };
}

/** `Generate with Mara v1` comes from the character and from its LoRA. */
const once = (entries: readonly Entry[]) => [
  ...new Map(entries.map((entry) => [`${entry.label}\n${entry.href ?? entry.id}`, entry])).values(),
];

const VERBS = new Set(
  'add create edit find generate go make new of open photo photos show start the to train upload with'.split(
    ' ',
  ),
);

const nameIn = (text: string) =>
  text
    .split(/\s+/)
    .filter((word) => word !== '' && !VERBS.has(word.toLowerCase()))
    .join(' ');

/** What it is once it has stayed so for a moment. */
function createDelayed(value: Accessor<string>): Accessor<string> {
  const [delayed, setDelayed] = createSignal(value());
  let timer: ReturnType<typeof setTimeout> | undefined;
  createMemo(() => {
    const now = value();
    clearTimeout(timer);
    timer = setTimeout(() => setDelayed(now), WAIT_MS);
  });
  onCleanup(() => clearTimeout(timer));
  return delayed;
}
