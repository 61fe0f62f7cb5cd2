import { sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import type { Job } from './jobs.ts';

/**
 * The priority that gives a new job its fair place: the characters of a line take turns, however many jobs each has in it.
 *
 * Start-time fair queueing (Goyal, Vin, Cheng: "Start-time Fair Queuing", SIGCOMM 1996) with every job of the same weight, and
 * minus the priority as the start tag: one behind the last open job of the same character, but not before what the line serves now,
 * so that nobody saves up turns by staying away. Two jobs that join at once may get the same tag; then the older one is first.
 */
export const fairPriority = ({ kind, engine, characterId }: Pick<Job, 'kind' | 'engine' | 'characterId'>) => {
  const line = sql`kind = ${kind} and engine = ${engine}`;
  // `is not distinct from` would say both in one, and use no index.
  const isSameCharacter =
    characterId === null ? sql`character_id is null` : sql`character_id = ${characterId}`;
  return sql<number>`coalesce(least(
    (select min(priority) - 1 from ${jobs}
     where ${line} and state in ('queued', 'running') and ${isSameCharacter}),
    (select min(priority) from ${jobs} where ${line} and state = 'running'),
    (select max(priority) from ${jobs} where ${line} and state = 'queued')), 0)`;
};
