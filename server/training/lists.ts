import { and, eq, inArray } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { samples } from '#schema/training.ts';
import { type ConnectionArgs, keysetConnection, matchesId } from '../connection.ts';
import { db } from '../db.ts';
import { type JobState, selectJobs, withDetails } from '../jobs/jobs.ts';
import { isTraining, type Training } from './training.ts';

type ListTrainingsArgs = ConnectionArgs & { characterId?: string | null; states?: JobState[] | null };

export const listTrainings = ({ characterId, states, ...args }: ListTrainingsArgs) =>
  keysetConnection<Training>({
    args,
    order: [{ column: jobs.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: async ({ where, orderBy, limit }) => {
      const filter = and(
        eq(jobs.kind, 'training'),
        matchesId(jobs.characterId, characterId),
        states ? inArray(jobs.state, states) : undefined,
        where,
      );
      return withDetails(
        await selectJobs()
          .where(filter)
          .orderBy(...orderBy)
          .limit(limit),
      ).filter(isTraining);
    },
  });

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
