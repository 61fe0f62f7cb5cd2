import type { GenerationEngine, GenerationEvent } from '../engine.ts';
import { generationCapabilities } from './capabilities.ts';
import { readBehaviour } from './faults.ts';
import type { GenerationInput } from './generation-thread.ts';
import { runThread } from './thread.ts';

const SCRIPT = new URL('./generation-thread.ts', import.meta.url);

/** Draws from the LoRA files that it is given, on the CPU, in a thread; equal runs give equal images. See `dream.ts`. */
export const fastTestGeneration: GenerationEngine = {
  capabilities: async () => generationCapabilities,
  health: async () => ({ isHealthy: true, message: 'Ready; it needs no GPU.' }),
  objections: async () => [],
  run(run, signal) {
    const input: GenerationInput = { run, behaviour: readBehaviour(process.env) };
    // Half an image is of no use, so there is nothing to wait for.
    return runThread<GenerationInput, GenerationEvent>({ script: SCRIPT, input, graceMs: 0, signal });
  },
};
