import { and, desc, gte, lt, sql } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { cursorOf } from '../connection.ts';
import { db, one } from '../db.ts';
import { firstIdOf, matchesFilter, type OutputFilter } from './output-filter.ts';

export type OutputMonth = { month: string; count: number; after: string };

/** More of a month is not counted: to count a million takes a second, to see which months there are some milliseconds. */
export const MAX_COUNTED = 1000;
/** Fifty years. */
const MAX_MONTHS = 600;

/** The months that have images, the newest first, and how many, counted up to MAX_COUNTED. */
export async function monthsOf(filter: OutputFilter): Promise<OutputMonth[]> {
  const matches = matchesFilter(filter);
  const months: Promise<OutputMonth>[] = [];
  let isBefore = lt(outputs.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  while (months.length < MAX_MONTHS) {
    const [newest] = await db
      .select({ id: outputs.id })
      .from(outputs)
      .where(and(matches, isBefore))
      .orderBy(desc(outputs.id))
      .limit(1);
    if (newest === undefined) break;
    const made = timeOf(newest.id);
    const start = firstIdOf(new Date(Date.UTC(made.getUTCFullYear(), made.getUTCMonth())));
    const end = firstIdOf(new Date(Date.UTC(made.getUTCFullYear(), made.getUTCMonth() + 1)));
    const within = and(matches, gte(outputs.id, start), lt(outputs.id, end));
    const month = made.toISOString().slice(0, 7);
    months.push(countOf(within).then((count) => ({ month, count, after: cursorOf([end]) })));
    isBefore = lt(outputs.id, start);
  }
  return Promise.all(months);
}

async function countOf(where: ReturnType<typeof and>): Promise<number> {
  const some = db
    .select({ one: sql`1`.as('one') })
    .from(outputs)
    .where(where)
    .limit(MAX_COUNTED)
    .as('some');
  return one(await db.select({ count: sql<number>`count(*)::int` }).from(some)).count;
}

/** When an id was given (RFC 9562). */
const timeOf = (id: string) => new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16));
