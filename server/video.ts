import { UserError } from './errors.ts';
import type { Asked } from './idempotency.ts';

export const VIDEO_UNSUPPORTED = 'Video is in development. Generate images until then.';

export class NotImplemented extends UserError {
  readonly code = 'NOT_IMPLEMENTED';
  readonly feature: string;

  constructor(feature: string, message: string) {
    super(message);
    this.feature = feature;
  }
}

/** The shape of what will come, so that programs can be written against it. */
export function startVideo(_asked: Asked): never {
  throw new NotImplemented('video', VIDEO_UNSUPPORTED);
}
