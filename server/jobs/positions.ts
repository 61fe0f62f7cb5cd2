import { sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';

/**
 * Place of each job in its line, from 1, in the order in which workers take them; null for one that does not wait. Each
 * line is numbered once, along its index, however many of its jobs are asked for.
 */
export async function positionsOf(ids: readonly string[]): Promise<(number | null)[]> {
  const isAsked = sql`id = any(${sql.param([...ids])}::uuid[])`;
  const rows = await db.execute<{ id: string; position: number }>(sql`
    select id, position from (
      select id, row_number() over (partition by kind, engine order by priority desc, id)::int as position
      from ${jobs}
      where state = 'queued' and (kind, engine) in (
        select kind, engine from ${jobs} where state = 'queued' and ${isAsked}
      )
    ) as lines
    where ${isAsked}`);
  const positions = new Map(rows.map(({ id, position }) => [id, position]));
  return ids.map((id) => positions.get(id) ?? null);
}
