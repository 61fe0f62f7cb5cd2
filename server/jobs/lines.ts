import type { Env } from '../env.ts';
import type { JobKind } from './jobs.ts';
import type { JobQueueName } from './queue.ts';

const KINDS: readonly JobKind[] = ['training', 'generation', 'download'];

/** The lines of jobs that these engines make. */
export const queuesOf = (engines: Record<JobKind, string>, kinds = KINDS) =>
  kinds.map((kind): JobQueueName => `${kind}.${engines[kind]}`);

/** What workers run here: of WORKER_KINDS all, but downloads only where the folder is that they go to. */
export const kindsHere = ({
  WORKER_KINDS,
  COMFYUI_MODELS_DIR,
}: Pick<Env, 'WORKER_KINDS' | 'COMFYUI_MODELS_DIR'>) =>
  WORKER_KINDS.filter((kind) => kind !== 'download' || COMFYUI_MODELS_DIR !== undefined);
