import { eq } from 'drizzle-orm';
import { checkpoints } from '#schema/training.ts';
import { db } from '../db.ts';
import { isId, NotFound } from '../errors.ts';

export type Checkpoint = typeof checkpoints.$inferSelect;

export async function getCheckpoint(id: string): Promise<Checkpoint> {
  const [found] = isId(id) ? await db.select().from(checkpoints).where(eq(checkpoints.id, id)) : [];
  if (found === undefined) throw new NotFound('checkpoint', id);
  return found;
}
