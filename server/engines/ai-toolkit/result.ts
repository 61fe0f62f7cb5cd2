import { InvalidSafetensors, readSafetensorsHeader } from '../../storage/safetensors.ts';
import type { TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { stepIn } from './checkpoints.ts';
import type { Places } from './places.ts';

/**
 * Whether the LoRA is there, whole, and of the last step. The exit code does not say so: newer versions end with 0 also when
 * somebody has interrupted them.
 */
export async function checkResult({ config }: TrainingRun, places: Places) {
  try {
    await readSafetensorsHeader(places.final);
  } catch (error) {
    if (error instanceof InvalidSafetensors)
      throw new EngineFailure({
        code: 'INVALID_LORA',
        message: `AI-Toolkit wrote a LoRA that cannot be read: ${error.message}`,
        advice: 'The disk may be full or failing.',
        canRetry: true,
      });
    throw missing('no LoRA');
  }
  const step = await stepIn(places.final);
  if (step !== config.steps) throw missing(`a LoRA of step ${step ?? 'unknown'} instead of ${config.steps}`);
}

const missing = (what: string) =>
  new EngineFailure({
    code: 'OUTPUT_MISSING',
    message: `AI-Toolkit ended with ${what}.`,
    advice: 'Look into the log of the job for what it said last.',
    canRetry: true,
  });
