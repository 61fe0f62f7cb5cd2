import type { GalleryWindowQuery } from '../gql/graphql.ts';
import { describe } from '../graphql/errors.ts';
import { uncached } from '../graphql/uncached.ts';
import { type GalleryFilter, queryOf, variablesOf } from './filter.ts';
import { GalleryWindow } from './queries.ts';
import { type Ask, createWindow, type Window } from './window.ts';

export type GalleryItem = GalleryWindowQuery['outputs']['edges'][number]['node'];
export type Gallery = Window<GalleryItem>;

/** The last ones that were looked at, so that whoever comes back finds them as they were. */
const kept = new Map<string, { gallery: Gallery; inTrash: boolean }>();
const KEPT = 4;

/** The gallery of a filter, from its newest image on or from behind a cursor. */
export function galleryOf(filter: GalleryFilter, after: string | null): Gallery {
  const key = `${queryOf(filter)}#${after ?? ''}`;
  const known = kept.get(key);
  const entry = known ?? { gallery: openGallery(filter, after), inTrash: filter.trash !== undefined };
  kept.delete(key);
  kept.set(key, entry);
  const oldest = kept.size > KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  if (known !== undefined) void known.gallery.checkNewer();
  return entry.gallery;
}

function openGallery(filter: GalleryFilter, after: string | null): Gallery {
  const variables = variablesOf(filter);
  const load = async (ask: Ask) => {
    const result = await uncached.query(GalleryWindow, { ...variables, ...ask }).toPromise();
    if (result.error !== undefined || result.data === undefined)
      return result.error === undefined
        ? { message: 'The server said nothing.', correlationId: null, isForbidden: false }
        : describe(result.error, result.operation);
    const { edges, pageInfo } = result.data.outputs;
    return {
      items: edges.map(({ node }) => node),
      start: pageInfo.startCursor ?? null,
      end: pageInfo.endCursor ?? null,
      hasNewer: pageInfo.hasPreviousPage,
      hasOlder: pageInfo.hasNextPage,
    };
  };
  return createWindow<GalleryItem>({ load, after });
}

/** What somebody changed here shows at once in every gallery that is kept. */
export const galleriesChanged = {
  favourite(ids: readonly string[], isFavourite: boolean) {
    for (const { gallery } of kept.values()) gallery.patch(ids, { isFavourite });
  },
  deleted(ids: readonly string[]) {
    for (const { gallery, inTrash } of kept.values()) inTrash ? forgetLater(gallery) : gallery.remove(ids);
  },
  restored(ids: readonly string[]) {
    for (const { gallery, inTrash } of kept.values()) inTrash ? gallery.remove(ids) : gallery.putBack(ids);
  },
  purged(ids: readonly string[] | null) {
    for (const { gallery, inTrash } of kept.values())
      if (inTrash) ids === null ? gallery.reload() : gallery.remove(ids);
  },
};

/** What came into it is at its top, in an order of its own. */
function forgetLater(gallery: Gallery) {
  for (const [key, entry] of kept) if (entry.gallery === gallery) kept.delete(key);
}
