/** What is known of a line around the page that is shown; all ids. */
export type Order = {
  /** Of the whole line. */
  first: string | undefined;
  /** The last of the page before; undefined on the first page. */
  behind: string | undefined;
  page: readonly string[];
  /** The next two, where there are any. */
  ahead: readonly string[];
};

export type Move = 'first' | 'up' | 'down';

/**
 * The job that comes directly after `id` when it is moved, null for the end of the line; undefined when it stands there already.
 * Down means before the one after the next.
 */
export function beforeWhom(order: Order, id: string, move: Move): string | null | undefined {
  const all = [...(order.behind === undefined ? [] : [order.behind]), ...order.page, ...order.ahead];
  const place = all.indexOf(id);
  if (place === -1) return;
  switch (move) {
    case 'first':
      return order.first === id ? undefined : order.first;
    case 'up':
      return all[place - 1];
    case 'down':
      return place === all.length - 1 ? undefined : (all[place + 2] ?? null);
  }
}

/** The page as it is with `id` directly before `beforeId`, or at its end. */
export function withMoved<T extends { id: string }>(
  page: readonly T[],
  id: string,
  beforeId: string | null,
): T[] {
  const moved = page.find((one) => one.id === id);
  if (moved === undefined) return [...page];
  const others = page.filter((one) => one !== moved);
  const found = others.findIndex((one) => one.id === beforeId);
  const place = found === -1 ? others.length : found;
  return [...others.slice(0, place), moved, ...others.slice(place)];
}
