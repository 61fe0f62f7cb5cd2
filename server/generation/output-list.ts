import { and } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { type ConnectionArgs, cursorOf, keysetConnection, type SortKey } from '../connection.ts';
import { matchesFilter, type OutputFilter } from './output-filter.ts';
import { type Output, selectOutputs } from './outputs.ts';

type Order = { order: [SortKey, ...SortKey[]]; keyOf: (output: Output) => string[] };

const NEWEST: Order = {
  order: [{ column: outputs.id, type: 'uuid', direction: 'desc' }],
  keyOf: ({ id }) => [id],
};
/** What was thrown away last comes first. */
const TRASH: Order = {
  order: [
    { column: outputs.deletedAt, type: 'timestamptz', direction: 'desc' },
    { column: outputs.id, type: 'uuid', direction: 'desc' },
  ],
  keyOf: ({ id, deletedAt }) => [deletedAt?.toISOString() ?? '', id],
};

const orderOf = ({ inTrash }: OutputFilter) => (inTrash === true ? TRASH : NEWEST);

export const listOutputs = ({ first, last, after, before, ...filter }: ConnectionArgs & OutputFilter) =>
  keysetConnection<Output>({
    args: { first, last, after, before },
    ...orderOf(filter),
    read: ({ where, orderBy, limit }) =>
      selectOutputs()
        .where(and(matchesFilter(filter), where))
        .orderBy(...orderBy)
        .limit(limit),
  });

/** The next newer or older image among those of the filter, in the order of its list; null at the end. */
export async function neighbourOf(
  output: Output,
  direction: 'newer' | 'older',
  filter: OutputFilter,
): Promise<Output | null> {
  // The trash has no place for one that is not in it.
  if (filter.inTrash === true && output.deletedAt === null) return null;
  const cursor = cursorOf(orderOf(filter).keyOf(output));
  const page = direction === 'newer' ? { last: 1, before: cursor } : { first: 1, after: cursor };
  const { edges } = await listOutputs({ ...filter, ...page });
  return edges[0]?.node ?? null;
}
