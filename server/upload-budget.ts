import { UserError } from './errors.ts';

/** What a multipart request may bring, all of its files together. */
export type UploadBudget = {
  /** Of the whole body, as the client declared it; null when it sends in chunks. */
  readonly declaredBytes: number | null;
  readonly limitBytes: number;
  readonly isTooLarge: boolean;
};

export class UploadTooLarge extends UserError {
  readonly code = 'UPLOAD_TOO_LARGE';
  readonly limitBytes: number;

  constructor({ declaredBytes, limitBytes }: UploadBudget) {
    const size = declaredBytes === null ? `more than ${megabytes(limitBytes)}` : megabytes(declaredBytes);
    super(`The upload has ${size}; the limit for these files together is ${megabytes(limitBytes)}.`);
    this.limitBytes = limitBytes;
  }
}

/** For sentences. Rounded up, so that what is over a limit never reads as the limit. */
export const megabytes = (bytes: number) =>
  `${(Math.ceil((bytes / 2 ** 20) * 100) / 100).toLocaleString('en')} MB`;
