import {
  type Accessor,
  createMemo,
  createRenderEffect,
  createSignal,
  type JSX,
  on,
  onCleanup,
  onMount,
} from 'solid-js';
import { Each } from './Each.tsx';
import { type GridRow, justify, rowAt } from './justify.ts';
import styles from './PictureGrid.module.css';

type Cell = { id: string; index: number; top: number; left: number; width: number; height: number };

/** So many pixels above and below what is seen are there already. */
const AHEAD = 600;

/**
 * Any number of pictures of which those in view alone are elements. The page is what scrolls. Whatever is added, goes, or changes
 * its size, the row at the top of the view stays where it is.
 */
export function PictureGrid(props: {
  ids: readonly string[];
  ratios: readonly number[];
  /** From this one on rows are filled downwards, before it upwards. */
  anchor: number;
  rowHeight: number;
  gap: number;
  isSquare: boolean;
  label: string;
  /** It is an element wherever one looks, because it has the focus. */
  activeId: string | null;
  onKeyDown: (event: KeyboardEvent, walk: (id: string, key: string) => string | undefined) => void;
  /** Whenever other pictures come into view. */
  onRange: (first: number, last: number) => void;
  children: (cell: Accessor<Cell>) => JSX.Element;
}) {
  let grid: HTMLUListElement | undefined;
  const [width, setWidth] = createSignal(0);
  const [view, setView] = createSignal({ top: 0, bottom: 0 });
  const rows = createMemo(() =>
    justify(props.ratios, props.anchor, {
      width: width(),
      rowHeight: props.rowHeight,
      gap: props.gap,
      isSquare: props.isSquare,
    }),
  );
  const height = () => {
    const last = rows().at(-1);
    return last === undefined ? 0 : last.top + last.height;
  };
  const gridTop = () => (grid?.getBoundingClientRect().top ?? 0) + window.scrollY;
  const look = () => {
    const top = window.scrollY - gridTop();
    setView({ top, bottom: top + window.innerHeight });
  };

  onMount(() => {
    let frame = 0;
    const onScroll = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        look();
      });
    };
    const observer = new ResizeObserver(([entry]) => {
      setWidth(entry?.contentRect.width ?? 0);
      look();
    });
    if (grid !== undefined) {
      // At once and not when the observer tells it: who comes back is to find the page as tall as it was.
      setWidth(grid.clientWidth);
      look();
      observer.observe(grid);
    }
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('resize', onScroll);
    onCleanup(() => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('resize', onScroll);
    });
  });

  // What is at the top of the view, by its id: with it the page is scrolled along when rows come or go above.
  let held: { id: string; top: number } | null = null;
  const hold = (all: readonly GridRow[]) => {
    const row = all[rowAt(all, Math.max(0, view().top))];
    const id = row === undefined ? undefined : props.ids[row.start];
    held = id === undefined || row === undefined ? null : { id, top: row.top };
  };
  createRenderEffect(
    on([rows, () => props.ids], ([all, ids]) => {
      const at = held === null ? -1 : ids.indexOf(held.id);
      const row = at === -1 ? undefined : all.find(({ start, end }) => start <= at && at < end);
      const moved = held === null || row === undefined ? 0 : row.top - held.top;
      if (moved === 0 || view().top <= 0) return;
      // The grid has its new height first.
      queueMicrotask(() => {
        window.scrollBy(0, moved);
        look();
      });
    }),
  );
  createRenderEffect(on([view, rows], ([, all]) => hold(all)));

  const range = createMemo(
    () => {
      const all = rows();
      const first = all[rowAt(all, view().top - AHEAD)]?.start ?? 0;
      const last = all[rowAt(all, view().bottom + AHEAD)]?.end ?? 0;
      return { first, last };
    },
    undefined,
    { equals: (a, b) => a.first === b.first && a.last === b.last },
  );
  createRenderEffect(on(range, ({ first, last }) => queueMicrotask(() => props.onRange(first, last))));

  const cells = createMemo(() => {
    const all = rows();
    const { first, last } = range();
    const found: Cell[] = [];
    for (let at = rowOf(all, first); at < all.length; at++) {
      const row = all[at];
      if (row === undefined || row.start >= last) break;
      found.push(...cellsOf(row, props.ids));
    }
    const active = props.activeId === null ? -1 : props.ids.indexOf(props.activeId);
    if (active !== -1 && (active < first || active >= last)) {
      const row = all[rowOf(all, active)];
      const cell = row === undefined ? undefined : cellsOf(row, props.ids)[active - row.start];
      if (cell !== undefined) found.push(cell);
    }
    return found;
  });

  const walk = (id: string, key: string) => {
    const at = props.ids.indexOf(id);
    return props.ids[step(rows(), at, key)];
  };

  return (
    <ul
      ref={grid}
      class={styles.grid}
      style={{ height: `${height()}px` }}
      aria-label={props.label}
      onKeyDown={(event) => props.onKeyDown(event, walk)}
    >
      <Each each={cells()}>
        {(cell) => (
          <li
            class={styles.cell}
            style={{
              top: `${cell().top}px`,
              left: `${cell().left}px`,
              width: `${cell().width}px`,
              height: `${cell().height}px`,
            }}
            aria-posinset={cell().index + 1}
            aria-setsize={props.ids.length}
          >
            {props.children(cell)}
          </li>
        )}
      </Each>
    </ul>
  );
}

function cellsOf({ start, top, height, boxes }: GridRow, ids: readonly string[]): Cell[] {
  return boxes.flatMap((box, i) => {
    const id = ids[start + i];
    return id === undefined ? [] : [{ id, index: start + i, top, height, ...box }];
  });
}

/** The row of a picture, by halves. */
function rowOf(rows: readonly GridRow[], index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((rows[middle]?.start ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Where an arrow key leads: to the picture beside it, or to the one above or below whose middle is nearest. */
function step(rows: readonly GridRow[], index: number, key: string): number {
  if (key === 'ArrowLeft') return index - 1;
  if (key === 'ArrowRight') return index + 1;
  const at = rowOf(rows, index);
  const from = rows[at]?.boxes[index - (rows[at]?.start ?? 0)];
  const row = rows[at + (key === 'ArrowDown' ? 1 : -1)];
  if (row === undefined || from === undefined) return index;
  const middle = from.left + from.width / 2;
  const distances = row.boxes.map(({ left, width }) => Math.abs(left + width / 2 - middle));
  return row.start + distances.indexOf(Math.min(...distances));
}
