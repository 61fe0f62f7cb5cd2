import { and, eq } from 'drizzle-orm';
import { samples } from '#schema/training.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db } from '../db.ts';

export const samplesOf = (jobId: string, args: ConnectionArgs) =>
  keysetConnection<typeof samples.$inferSelect>({
    args,
    maxSize: 500,
    order: [
      { column: samples.step, type: 'integer', direction: 'asc' },
      { column: samples.promptIndex, type: 'integer', direction: 'asc' },
    ],
    keyOf: ({ step, promptIndex }) => [step, promptIndex],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(samples)
        .where(and(eq(samples.jobId, jobId), where))
        .orderBy(...orderBy)
        .limit(limit),
  });
