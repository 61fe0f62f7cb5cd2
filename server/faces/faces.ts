import { join } from 'node:path';
import { type PoolLimits, poolOf } from '../answering-pool.ts';
import { ProcessEnded, type ProcessLimits, startAnswering, TooSlow } from '../answering-process.ts';
import { log } from '../log.ts';
import { Answer, type Face, type Question } from './face-protocol.ts';

export type { Face } from './face-protocol.ts';

/** It cannot be said whether the picture shows a face; the message says why, in a sentence. */
export class FacesNotSought extends Error {}

const FINDER = { module: join(import.meta.dirname, 'face-finder.ts'), name: 'process that finds faces' };

/** Looks for faces in processes of their own, which are started when they are needed. */
export function facesWithin(limits: PoolLimits & ProcessLimits) {
  const ask = poolOf<Question, Answer>(() => startAnswering({ ...FINDER, answer: Answer, limits }), limits);

  return async (path: string): Promise<Face[]> => {
    const { faces, failure } = await ask({ path }).catch((error: unknown) => {
      if (error instanceof TooSlow)
        throw new FacesNotSought(`The picture was not looked through within ${limits.seconds} seconds.`);
      if (error instanceof ProcessEnded)
        throw new FacesNotSought(`The process that finds faces ended over this picture (${error.message}).`);
      log.error({ error }, 'The process that finds faces does not work');
      throw new FacesNotSought('The process that finds faces does not work; the log of the server says why.');
    });
    if (faces) return faces;
    throw new FacesNotSought(`The picture cannot be looked through: ${failure}.`);
  };
}

/**
 * The faces in a picture file that was decoded before, such as a thumbnail of ours, the largest first; none is no error. On the CPU, one
 * picture at a time. What describes a face is as personal as a fingerprint: it belongs into no row, file, log line or event. Throws
 * FacesNotSought.
 */
export const facesIn = facesWithin({ most: 1, seconds: 20, megabytes: 1536, idleSeconds: 10 });
