/** Why a download did not come to its end, in the form in which jobs/failures.ts knows what failed. */
export class DownloadFailure extends Error {
  /** `MODEL_GATED`, `MODEL_MISSING`, `WRONG_CHECKSUM` … */
  readonly code: string;
  readonly advice: string | null;
  readonly canRetry: boolean;

  constructor(failure: {
    code: string;
    message: string;
    advice?: string;
    canRetry?: boolean;
    cause?: unknown;
  }) {
    super(failure.message, { cause: failure.cause });
    this.code = failure.code;
    this.advice = failure.advice ?? null;
    this.canRetry = failure.canRetry ?? false;
  }
}
