import { UserError } from '../errors.ts';
import type { NoLora, NoLoraReason } from '../storage/lora-kind.ts';

/** No safetensors file that we accept, or not all of it came. `code` names the rule that it breaks. */
export class LoraUnreadable extends UserError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A sound safetensors file of something else. */
export class NotALora extends UserError {
  readonly code = 'NOT_A_LORA';
  readonly reason: NoLoraReason;

  constructor({ reason, message }: NoLora) {
    super(message);
    this.reason = reason;
  }
}
