import { fillGallery } from './gallery-rows.ts';
import { ask, type Installation } from './installation.ts';
import { clock, latencyRows, type Row } from './measure.ts';

const FEW = 10_000;
const MANY = 1_000_000;
const TIMES = 40;

/** As the client asks for a window of the gallery (`client/outputs/queries.ts`). */
const WINDOW = /* GraphQL */ `
  query GalleryWindow($characterId: ID, $loraId: ID, $isFavourite: Boolean, $from: DateTime, $to: DateTime,
      $search: String, $inTrash: Boolean!, $first: Int, $after: String) {
    outputs(characterId: $characterId, loraId: $loraId, isFavourite: $isFavourite, from: $from, to: $to,
        search: $search, inTrash: $inTrash, first: $first, after: $after) {
      edges {
        node {
          id width height thumbHash isFavourite createdAt thumbnailUrl largeUrl: thumbnailUrl(size: LARGE)
          prompt
        }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

/** Of the scrubber, once when a gallery is opened: 36 months. */
const MONTHS = /* GraphQL */ `{ outputMonths { month count after } }`;

const yearsAgo = (years: number) => new Date(Date.now() - years * 365 * 86_400_000).toISOString();

/** What one filters by, each with the index that serves it. */
async function filtersOf({ sql }: Installation): Promise<Record<string, object>> {
  const [lora] = await sql<{ id: string; characterId: string }[]>`
    select id, character_id as "characterId" from loras order by id limit 1`;
  return {
    'no filter': {},
    'a character': { characterId: lora?.characterId },
    'a LoRA': { loraId: lora?.id },
    favourites: { isFavourite: true },
    'a month two years ago': { from: yearsAgo(2), to: yearsAgo(1.92) },
    'a word of 1 in 1,000 prompts': { search: 'red fox' },
    'a word of nearly all prompts': { search: 'portrait' },
    'the trash': { inTrash: true },
  };
}

async function timesOf(installation: Installation, filter: object, query = WINDOW): Promise<number[]> {
  const variables = query === WINDOW ? { inTrash: false, first: 100, ...filter } : {};
  const times: number[] = [];
  for (let n = 0; n < TIMES; n++) {
    const before = clock();
    await ask(installation.url, query, variables);
    times.push(clock() - before);
  }
  return times.slice(TIMES / 4);
}

/** The first page of 100 images among a million, against the same among ten thousand. Flat is 1. */
export async function gallery(installation: Installation): Promise<Row[]> {
  await fillGallery(installation, FEW);
  const filters = await filtersOf(installation);
  const few = new Map<string, number[]>();
  for (const [name, filter] of Object.entries(filters)) few.set(name, await timesOf(installation, filter));
  const monthsOfFew = await timesOf(installation, {}, MONTHS);
  await fillGallery(installation, MANY - FEW);
  const rows: Row[] = [];
  for (const [name, filter] of Object.entries(filters)) {
    const many = await timesOf(installation, filter);
    const peer = { name: 'of 10,000', values: few.get(name) ?? [] };
    rows.push(...latencyRows(`gallery of 1,000,000, ${name}`, many, peer).slice(0, 1));
  }
  const months = await timesOf(installation, {}, MONTHS);
  const peer = { name: 'of 10,000', values: monthsOfFew };
  rows.push(...latencyRows('months of 1,000,000', months, peer).slice(0, 1));
  return rows;
}
