/**
 * The images in the order in which they were last looked through, so that the image page can go on to the next one.
 * Only of this tab: an image that was opened by its address walks through its own batch.
 */
let order: readonly string[] = [];

export function rememberOrder(ids: readonly string[]): void {
  order = ids;
}

type Neighbours = { previous: string | null; next: string | null };

export function neighboursOf(id: string, batch: readonly string[]): Neighbours {
  const list = order.includes(id) ? order : batch;
  const at = list.indexOf(id);
  if (at === -1) return { previous: null, next: null };
  return { previous: list[at - 1] ?? null, next: list[at + 1] ?? null };
}
