import { resolveCursorConnection } from '@pothos/plugin-relay';
import { and, type Column, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import { GraphQLError } from 'graphql';
import { isId, isStorable } from './errors.ts';

export type ConnectionArgs = {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
};

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

export const cursorOf = (key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

const MAX_INTEGER = 2 ** 31 - 1;

/** Whether Postgres will read a value as this type; what it cannot read would be an error of ours instead of the caller's. */
const READABLE: Record<SortKey['type'], (value: unknown) => boolean> = {
  uuid: (value) => typeof value === 'string' && isId(value),
  text: (value) => typeof value === 'string' && isStorable(value),
  timestamptz: (value) =>
    typeof value === 'string' && /^[12]\d{3}-\d\d-\d\dT[\d:.]+Z$/.test(value) && isTime(value),
  integer: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_INTEGER,
};
/** `Date` takes February 31st for March 3rd, and Postgres does not take it. */
const isTime = (text: string) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;

/** Cursors come back from anywhere, so what is in them is checked like any input. */
function decode(cursor: string, order: SortKey[]): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isReadable = Array.isArray(key) && key.length === order.length;
    if (isReadable && order.every(({ type }, i) => READABLE[type](key[i]))) return key;
  } catch {}
  throw new GraphQLError(
    'This cursor is not one of this list. Give `endCursor` or `startCursor` of an earlier page.',
    {
      extensions: { code: 'BAD_CURSOR' },
    },
  );
}

/** The filter of a list by an id. None without one; what is not an id, '' too, is one that nothing has. */
export function matchesId(column: Column, id: string | null | undefined): SQL | undefined {
  if (id == null) return undefined;
  return isId(id) ? eq(column, id) : sql`false`;
}

/** The filter of a list by a part of one of these texts, whatever its case. */
export function matchesSearch(columns: Column[], search: string | null | undefined): SQL | undefined {
  const words = search?.trim();
  if (!words) return undefined;
  if (!isStorable(words)) return sql`false`;
  const pattern = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
  return or(...columns.map((column) => ilike(column, pattern)));
}

/** `inArray` for as many ids as there may be: they are one parameter. */
export const isAmong = (column: Column, ids: string[]) => sql`${column} = any(${sql.param(ids)}::uuid[])`;

/** One column of a unique order. `type` is what Postgres reads a cursor's value as. */
export type SortKey = {
  column: Column | SQL;
  type: 'uuid' | 'text' | 'timestamptz' | 'integer';
  direction: 'asc' | 'desc';
};

/**
 * A page of a list in a unique order, found by keyset: as quick at the end as at the start, and no row is skipped or seen
 * twice when others come or go meanwhile. All columns of `order` run in the same direction.
 */
export async function keysetConnection<Row>(options: {
  args: ConnectionArgs;
  order: [SortKey, ...SortKey[]];
  /** The values of `order` in a row, as a cursor keeps them. */
  keyOf: (row: Row) => (string | number)[];
  maxSize?: number;
  read: (page: { where: SQL | undefined; orderBy: SQL[]; limit: number }) => Promise<Row[]>;
}) {
  const { args, order, keyOf, read, maxSize = MAX_PAGE } = options;
  for (const name of ['first', 'last'] as const) {
    const size = args[name];
    if (size != null && (size < 0 || size > maxSize))
      throw new GraphQLError(`\`${name}\` must be from 0 to ${maxSize}; it is ${size}.`, {
        extensions: { code: 'BAD_PAGE_SIZE' },
      });
  }
  const columns = sql.join(
    order.map(({ column }) => sql`${column}`),
    sql`, `,
  );
  const beyond = (cursor: string, isAfter: boolean) => {
    const key = decode(cursor, order);
    const values = sql.join(
      order.map(({ type }, i) => sql`${key[i]}::${sql.raw(type)}`),
      sql`, `,
    );
    const isGreater = (order[0].direction === 'asc') === isAfter;
    return sql`(${columns}) ${sql.raw(isGreater ? '>' : '<')} (${values})`;
  };

  const { edges, pageInfo } = await resolveCursorConnection<Promise<Row[]>>(
    {
      args,
      defaultSize: Math.min(DEFAULT_PAGE, maxSize),
      maxSize,
      toCursor: (row: Row) => cursorOf(keyOf(row)),
    },
    ({ before, after, limit, inverted }) => {
      const bounds = [after ? beyond(after, true) : undefined, before ? beyond(before, false) : undefined];
      const isDescending = (order[0].direction === 'desc') !== inverted;
      return read({
        where: and(...bounds),
        orderBy: order.map(({ column }) => (isDescending ? sql`${column} desc` : sql`${column} asc`)),
        limit,
      });
    },
  );
  // A page without rows keeps the cursor that it was asked with, if any; Pothos says '' for none.
  const { startCursor, endCursor } = pageInfo;
  return { edges, pageInfo: { ...pageInfo, startCursor: startCursor || null, endCursor: endCursor || null } };
}
