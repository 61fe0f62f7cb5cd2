import { batch, createMemo, createRoot, createSignal } from 'solid-js';
import type { Problem } from '../graphql/errors.ts';

/** What is asked of a list: so many behind a cursor, or so many before one. */
export type Ask = { first: number; after: string | null } | { last: number; before: string | null };
export type Loaded<Item> = {
  items: Item[];
  start: string | null;
  end: string | null;
  hasNewer: boolean;
  hasOlder: boolean;
};
type Shown = { id: string; width: number; height: number };
type Page = { ask: Ask; entries: { id: string; ratio: number }[]; isHeld: boolean };

const PAGE_SIZE = 100;
/** What is further away than so many pictures is forgotten but for its id and its shape, and asked for again. */
const HELD = 1_000;

export type Window<Item extends Shown> = ReturnType<typeof createWindow<Item>>;

/**
 * A part of a list without end, grown at both ends as one looks at it. It outlives the page that shows it, so that whoever comes back
 * finds it as it was. `load` answers with a problem instead of throwing.
 */
export function createWindow<Item extends Shown>(options: {
  load: (ask: Ask) => Promise<Loaded<Item> | Problem>;
  /** Where it begins; null at the newest. */
  after: string | null;
}) {
  return createRoot(() => {
    const [pages, setPages] = createSignal<readonly Page[]>([]);
    const [anchor, setAnchor] = createSignal(0);
    const [version, setVersion] = createSignal(0);
    const [problem, setProblem] = createSignal<Problem | null>(null);
    const [isLoaded, setIsLoaded] = createSignal(false);
    const [newer, setNewer] = createSignal<Loaded<Item> | null>(null);
    const items = new Map<string, Item>();
    const removed = new Map<string, Item>();
    const ends = {
      start: null as string | null,
      end: options.after,
      hasNewer: options.after !== null,
      hasOlder: true,
    };
    const ids = createMemo(() => pages().flatMap(({ entries }) => entries.map(({ id }) => id)));
    const ratios = createMemo(() => pages().flatMap(({ entries }) => entries.map(({ ratio }) => ratio)));
    const loading = new Set<unknown>();

    /** One at a time for each end and each page. */
    async function load(what: unknown, ask: Ask, take: (loaded: Loaded<Item>) => void) {
      if (loading.has(what)) return;
      loading.add(what);
      const loaded = await options.load(ask);
      loading.delete(what);
      batch(() => {
        if ('message' in loaded) return void setProblem(loaded);
        setProblem(null);
        setIsLoaded(true);
        take(loaded);
      });
    }

    const keep = (list: readonly Item[]) => {
      for (const item of list) items.set(item.id, item);
      setVersion((last) => last + 1);
    };
    /** Without those that are there already: a list moves while it is read. */
    const pageOf = (ask: Ask, list: readonly Item[]): Page => {
      const known = new Set(ids());
      const entries = list
        .filter(({ id }) => !known.has(id) && !removed.has(id))
        .map(({ id, width, height }) => ({ id, ratio: width / height }));
      return { ask, entries, isHeld: true };
    };

    function loadOlder() {
      if (!ends.hasOlder) return;
      const ask: Ask = { first: PAGE_SIZE, after: ends.end };
      void load('older', ask, (loaded) => {
        keep(loaded.items);
        ends.start ??= loaded.start ?? options.after;
        ends.end = loaded.end ?? ends.end;
        ends.hasOlder = loaded.hasOlder;
        setPages([...pages(), pageOf(ask, loaded.items)]);
      });
    }

    function loadNewer() {
      if (!ends.hasNewer) return;
      const ask: Ask = { last: PAGE_SIZE, before: ends.start };
      void load('newer', ask, (loaded) => {
        ends.hasNewer = loaded.hasNewer;
        prepend(ask, loaded);
      });
    }

    function prepend(ask: Ask, loaded: Loaded<Item>) {
      keep(loaded.items);
      ends.start = loaded.start ?? ends.start;
      const page = pageOf(ask, loaded.items);
      if (page.entries.length === 0) return;
      setAnchor(anchor() + page.entries.length);
      setPages([page, ...pages()]);
    }

    function restore(page: Page) {
      void load(page, page.ask, (loaded) => {
        const there = new Map(loaded.items.map((item) => [item.id, item]));
        keep(page.entries.flatMap(({ id }) => there.get(id) ?? []));
        const entries = page.entries.filter(({ id }) => there.has(id));
        replacePage(page, { ...page, entries, isHeld: true });
      });
    }
    const replacePage = (old: Page, page: Page) =>
      setPages(pages().map((other) => (other === old ? page : other)));

    /** Says which pictures are looked at: what is near them is loaded, what is far is forgotten. */
    function see(first: number, last: number) {
      let start = 0;
      const far: Page[] = [];
      for (const page of pages()) {
        const end = start + page.entries.length;
        if (!page.isHeld && start < last + PAGE_SIZE && end > first - PAGE_SIZE) restore(page);
        if (page.isHeld && (start > last + HELD || end < first - HELD)) far.push(page);
        start = end;
      }
      for (const { entries } of far) for (const { id } of entries) items.delete(id);
      if (far.length > 0)
        setPages(pages().map((page) => (far.includes(page) ? { ...page, isHeld: false } : page)));
      if (last > ids().length - PAGE_SIZE) loadOlder();
      if (first < PAGE_SIZE / 2) loadNewer();
    }

    /** Looks for images that were made since; they wait in `newer` until `showNewer`. */
    async function checkNewer() {
      if (!isLoaded()) return loadOlder();
      if (ends.hasNewer) return;
      const ask: Ask = { last: PAGE_SIZE, before: ends.start };
      if (ends.start === null) return reload();
      await load('check', ask, (loaded) => void setNewer(loaded.items.length > 0 ? loaded : null));
    }

    /** Puts what is new at the top, from which all is laid out then. More than a page of it is a list of its own. */
    function showNewer() {
      const found = newer();
      if (found === null) return;
      if (found.hasNewer) return reload();
      batch(() => {
        setNewer(null);
        prepend({ last: PAGE_SIZE, before: ends.start }, found);
        setAnchor(0);
      });
    }

    function reload() {
      batch(() => {
        items.clear();
        removed.clear();
        Object.assign(ends, { start: null, end: null, hasNewer: false, hasOlder: true });
        setNewer(null);
        setAnchor(0);
        setPages([]);
        setIsLoaded(false);
      });
      loadOlder();
    }

    function remove(gone: readonly string[]) {
      const all = new Set(gone);
      for (const id of gone) {
        const item = items.get(id);
        if (item !== undefined) removed.set(id, item);
      }
      const before = ids().slice(0, anchor());
      batch(() => {
        setAnchor(before.filter((id) => !all.has(id)).length);
        setPages(
          pages().map((page) =>
            page.entries.some(({ id }) => all.has(id))
              ? { ...page, entries: page.entries.filter(({ id }) => !all.has(id)) }
              : page,
          ),
        );
      });
    }

    /** Puts back what was removed, where it was: ids grow with time, and the newest comes first. */
    function putBack(back: readonly string[]) {
      batch(() => {
        for (const id of back) {
          const item = removed.get(id);
          if (item === undefined) continue;
          removed.delete(id);
          keep([item]);
          const place = pages().findIndex(({ entries }) => (entries.at(-1)?.id ?? '\uffff') < id);
          const page = pages()[place === -1 ? pages().length - 1 : place];
          if (page === undefined) continue;
          if (ids().findIndex((other) => other < id) < anchor()) setAnchor(anchor() + (anchor() > 0 ? 1 : 0));
          const at = page.entries.findIndex((entry) => entry.id < id);
          const entry = { id, ratio: item.width / item.height };
          replacePage(page, {
            ...page,
            entries: page.entries.toSpliced(at === -1 ? Infinity : at, 0, entry),
          });
        }
      });
    }

    return {
      ids,
      ratios,
      anchor,
      problem,
      isLoaded,
      newer,
      /** Undefined as long as it is forgotten. */
      item: (id: string): Item | undefined => {
        version();
        return items.get(id);
      },
      patch(changed: readonly string[], values: Partial<Item>) {
        for (const id of changed) {
          const item = items.get(id);
          if (item !== undefined) items.set(id, { ...item, ...values });
        }
        setVersion((last) => last + 1);
      },
      ...{ see, checkNewer, showNewer, reload, remove, putBack, loadOlder },
    };
  });
}
