import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { consistencyChecks, inconsistencies } from '#schema/maintenance.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db } from '../db.ts';
import { isId, NotFound } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';
import { enqueue } from '../jobs/queue.ts';
import { newCheck } from './report.ts';

export type ConsistencyCheck = typeof consistencyChecks.$inferSelect;
export type Inconsistency = typeof inconsistencies.$inferSelect;

/** The newest that has ended. */
export async function newestCheck(): Promise<ConsistencyCheck | null> {
  const [check] = await db
    .select()
    .from(consistencyChecks)
    .where(isNotNull(consistencyChecks.finishedAt))
    .orderBy(desc(consistencyChecks.finishedAt), desc(consistencyChecks.id))
    .limit(1);
  return check ?? null;
}

export async function findCheck(id: string): Promise<ConsistencyCheck | null> {
  if (!isId(id)) return null;
  const [check] = await db.select().from(consistencyChecks).where(eq(consistencyChecks.id, id));
  return check ?? null;
}

export const inconsistenciesOf = (checkId: string, args: ConnectionArgs) =>
  keysetConnection<Inconsistency>({
    args,
    order: [{ column: inconsistencies.id, type: 'uuid', direction: 'asc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(inconsistencies)
        .where(and(eq(inconsistencies.checkId, checkId), where))
        .orderBy(...orderBy)
        .limit(limit),
  });

/** Puts a check in line: it goes through the whole volume, which no request waits for. */
export async function orderCheck(input: { hashes: boolean }, asked: Asked): Promise<ConsistencyCheck> {
  const id = await createOnce(asked, async () => async (tx) => {
    const checkId = await newCheck(tx);
    await enqueue(tx, 'maintenance', { data: { task: 'consistency', checkId, hashes: input.hashes } });
    return checkId;
  });
  const check = await findCheck(id);
  if (check === null) throw new NotFound('consistency check', id);
  return check;
}
