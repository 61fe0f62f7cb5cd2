import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import type {
  GenerationCapabilities,
  GenerationEngine,
  GenerationEvent,
  GenerationRun,
} from '#server/engines/engine.ts';
import { EngineFailure } from '#server/engines/failure.ts';
import { float, integer, text } from '#server/engines/parameters.ts';

/** An engine that paints its whole image in one colour, which the prompt and the seed decide. */
export const plainColour: GenerationEngine = {
  capabilities: async () => capabilities,
  health: async () => ({ isHealthy: true, message: 'Ready.' }),
  // What it cannot do at all stands in its capabilities; here is what only some requests ask too much of.
  objections: async () => [],
  run: paint,
};

async function* paint(run: GenerationRun, signal: AbortSignal): AsyncGenerator<GenerationEvent, void> {
  const { width, height, steps } = run.config;
  yield { type: 'stage', stage: 'sampling' };
  // Only what is missing: an earlier attempt may have made the others.
  for (const { index, prompt, seed } of run.images) {
    for (let step = 1; step <= steps; step++) {
      // Every step is a place to stop at. Nothing is told after that, and nothing is left running.
      if (signal.aborted) return;
      yield { type: 'step', index, step, steps };
    }
    const path = join(run.workDir, `${index}.png`);
    const background = colourOf(`${prompt} ${seed}`);
    await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toFile(path)
      .catch((cause: Error) => {
        // What went wrong, in words for people; `canRetry` when another attempt may end differently.
        throw new EngineFailure({ code: 'OUTPUT_MISSING', message: cause.message, canRetry: true });
      });
    yield { type: 'image', index, seed, path };
  }
}

const colourOf = (words: string) => `#${createHash('sha256').update(words).digest('hex').slice(0, 6)}`;

const range = (name: string, label: string, minimum: number, maximum: number, value: number) =>
  integer({ name, label, description: '', group: 'Image', minimum, maximum, default: value });

/** The form is drawn from this, and inputs are checked against it: what stands here has to do something. */
const capabilities: GenerationCapabilities = {
  engine: 'plain-colour',
  label: 'Plain colour',
  baseModels: [
    {
      ...{ id: 'plain', label: 'Plain', description: 'One colour.', resolutions: [512], family: 'plain' },
      ...{ defaults: { width: 512, height: 512, steps: 1 }, lacks: [], unsupported: null },
    },
  ],
  parameters: [
    text({
      ...{ name: 'prompt', label: 'Prompt', description: 'Decides the colour.', group: 'Prompt' },
      ...{ maxLength: 2000, default: '' },
    }),
    range('width', 'Width', 256, 2048, 512),
    range('height', 'Height', 256, 2048, 512),
    range('count', 'Images', 1, 16, 1),
    range('seed', 'Seed', 0, Number.MAX_SAFE_INTEGER, 0),
    range('steps', 'Steps', 1, 100, 1),
    {
      ...float({
        ...{ name: 'guidanceScale', label: 'Guidance scale', description: '', group: 'Image' },
        ...{ minimum: 1, maximum: 20, default: 1 },
      }),
      unsupported: 'There is nothing to be guided.',
    },
  ],
  toggles: [],
};
