import type { TrainingConfig } from '#schema/training.ts';

/** `FAST_TEST_FAULT`-like failures and real ones alike: what happened, in the field's words, for the job's history. */
export class EngineFailure extends Error {
  /** `OUT_OF_MEMORY`, `NAN_LOSS`, `ENGINE_CRASHED`, `OUTPUT_MISSING`, `INVALID_LORA`, `DISK_FULL` … */
  readonly code: string;
  /** What the user can do about it, one sentence; null when nothing is known. */
  readonly advice: string | null;
  /** A later attempt could end differently (a crash can, a wrong file cannot). */
  readonly canRetry: boolean;
  /** Values of the training's config with which it may go well; null when nothing of it would help. */
  readonly suggestion: Partial<TrainingConfig> | null;

  constructor(failure: {
    code: string;
    message: string;
    advice?: string;
    canRetry?: boolean;
    suggestion?: Partial<TrainingConfig>;
  }) {
    super(failure.message);
    this.code = failure.code;
    this.advice = failure.advice ?? null;
    this.canRetry = failure.canRetry ?? false;
    this.suggestion = failure.suggestion ?? null;
  }
}
