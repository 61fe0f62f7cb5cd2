import { createSignal, onCleanup } from 'solid-js';

/** A row that is being dragged: how far, and the row that it would stand before (null: at the end). */
export type Drag = {
  id: string;
  by: number;
  beforeId: string | null;
  /** Pixels by which another row makes room. */
  shiftOf: (id: string) => number;
};

const EDGE_PX = 72;
const SCROLL_PX = 12;

/** Drags rows (`data-row` with their id) of a list by a handle, with mouse, pen or finger. Escape lets go without moving. */
export function createDrag(options: {
  list: () => HTMLElement | undefined;
  onDrop: (id: string, beforeId: string | null) => void;
}) {
  const [drag, setDrag] = createSignal<Drag>();
  let end = () => {};
  onCleanup(() => end());

  function start(event: PointerEvent & { currentTarget: HTMLElement }, id: string) {
    const rows = rowsOf(options.list());
    const dragged = rows.find((row) => row.id === id);
    if (event.button !== 0 || drag() !== undefined || dragged === undefined) return;
    event.preventDefault();
    const handle: HTMLElement = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const others = withoutGap(rows, dragged);
    const from = event.pageY;
    let y = event.clientY;
    let hasMoved = false;

    const look = () => {
      const by = y + scrollY - from;
      const place = others.findIndex((row) => dragged.top + by < row.top + row.height / 2);
      const behind = new Set(others.slice(place === -1 ? others.length : place).map((row) => row.id));
      const shifts = new Map(
        others.map((row) => [row.id, (behind.has(row.id) ? dragged.height : 0) - row.gap]),
      );
      setDrag({ id, by, beforeId: others[place]?.id ?? null, shiftOf: (other) => shifts.get(other) ?? 0 });
    };
    // A line is longer than a screen: near its edges the page goes along.
    const timer = setInterval(() => {
      const by = y < EDGE_PX ? -SCROLL_PX : y > innerHeight - EDGE_PX ? SCROLL_PX : 0;
      if (!hasMoved || by === 0) return;
      scrollBy(0, by);
      look();
    }, 16);
    const ended = new AbortController();
    const { signal } = ended;
    end = () => {
      clearInterval(timer);
      ended.abort();
      setDrag(undefined);
      end = () => {};
    };
    const onMove = (moved: PointerEvent) => {
      y = moved.clientY;
      hasMoved = true;
      look();
    };
    const onUp = () => {
      const dropped = drag();
      end();
      if (dropped !== undefined) options.onDrop(id, dropped.beforeId);
    };
    handle.addEventListener('pointermove', onMove, { signal });
    handle.addEventListener('pointerup', onUp, { signal });
    for (const name of ['pointercancel', 'lostpointercapture'] as const)
      handle.addEventListener(name, () => end(), { signal });
    addEventListener('keydown', (key) => key.key === 'Escape' && end(), { signal });
  }

  return { drag, start };
}

type Row = { id: string; top: number; height: number };

/** Where they stand in the document when the drag begins. */
const rowsOf = (list: HTMLElement | undefined): Row[] =>
  [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].map((row) => {
    const { top, height } = row.getBoundingClientRect();
    return { id: row.dataset.row ?? '', top: top + scrollY, height };
  });

/** The other rows as they would stand without the dragged one; `gap` is how far each then moved up. */
const withoutGap = (rows: Row[], dragged: Row) =>
  rows
    .filter((row) => row !== dragged)
    .map((row) => {
      const gap = row.top > dragged.top ? dragged.height : 0;
      return { ...row, top: row.top - gap, gap };
    });
