import type { JobKind } from './jobs.ts';
import type { JobQueueName } from './queue.ts';

/** The lines of jobs that these engines make. */
export const queuesOf = (
  engines: Record<JobKind, string>,
  kinds: readonly JobKind[] = ['training', 'generation'],
) => kinds.map((kind): JobQueueName => `${kind}.${engines[kind]}`);
