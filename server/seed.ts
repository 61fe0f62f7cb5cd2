import { randomInt } from 'node:crypto';

export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** Below 2^48, which leaves room for the images of a batch and is what `randomInt` can draw. */
export const randomSeed = () => randomInt(2 ** 48 - 1);
