import { and, eq, inArray } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { type ConnectionArgs, keysetConnection, matchesId } from '../connection.ts';
import { type JobState, selectJobs, withDetails } from '../jobs/jobs.ts';
import { type Generation, isGeneration } from './generation.ts';

type ListGenerationsArgs = ConnectionArgs & { characterId?: string | null; states?: JobState[] | null };

export const listGenerations = ({ characterId, states, ...args }: ListGenerationsArgs) =>
  keysetConnection<Generation>({
    args,
    order: [{ column: jobs.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: async ({ where, orderBy, limit }) => {
      const filter = and(
        eq(jobs.kind, 'generation'),
        matchesId(jobs.characterId, characterId),
        states ? inArray(jobs.state, states) : undefined,
        where,
      );
      return withDetails(
        await selectJobs()
          .where(filter)
          .orderBy(...orderBy)
          .limit(limit),
      ).filter(isGeneration);
    },
  });
