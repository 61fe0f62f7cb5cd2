/** What a gallery shows, as the address says it. Days are those of whoever looks, `to` included. */
export type GalleryFilter = {
  character?: string | undefined;
  lora?: string | undefined;
  generation?: string | undefined;
  favourite?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  search?: string | undefined;
  trash?: string | undefined;
};

const FILTERS = ['character', 'lora', 'generation', 'favourite', 'from', 'to', 'search', 'trash'] as const;

/** The filter that is in an address, and nothing else of it. */
export function filterIn(params: Partial<Record<string, string | string[]>>): GalleryFilter {
  const found: GalleryFilter = {};
  for (const name of FILTERS) {
    const value = params[name];
    if (typeof value === 'string' && value !== '') found[name] = value;
  }
  return found;
}

/** The address of something within a filter: `?character=…`, or nothing. */
export function queryOf(filter: GalleryFilter): string {
  const query = new URLSearchParams(
    FILTERS.flatMap((name) => (filter[name] === undefined ? [] : [[name, filter[name]]])),
  ).toString();
  return query === '' ? '' : `?${query}`;
}

export const isFiltered = (filter: GalleryFilter) => FILTERS.some((name) => filter[name] !== undefined);

/** As the API takes it. */
export function variablesOf(filter: GalleryFilter) {
  return {
    characterId: filter.character ?? null,
    loraId: filter.lora ?? null,
    generationId: filter.generation ?? null,
    isFavourite: filter.favourite === undefined ? null : true,
    from: startOf(filter.from, 0),
    to: startOf(filter.to, 1),
    search: filter.search ?? null,
    inTrash: filter.trash !== undefined,
  };
}

/** Midnight before a day, here; null for what is no day. */
function startOf(day: string | undefined, daysLater: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  if (year === undefined) return null;
  const midnight = new Date(Number(year), Number(month) - 1, Number(date) + daysLater);
  return Number.isNaN(midnight.getTime()) ? null : midnight.toISOString();
}
