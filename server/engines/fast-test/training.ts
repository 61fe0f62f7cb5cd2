import type { TrainingEngine, TrainingEvent } from '../engine.ts';
import { trainingCapabilities } from './capabilities.ts';
import { readBehaviour } from './faults.ts';
import { runThread } from './thread.ts';
import type { TrainingInput } from './training-thread.ts';

const SCRIPT = new URL('./training-thread.ts', import.meta.url);
/** Saving a checkpoint takes milliseconds; a step at the highest rank and batch half a second. */
const GRACE_MS = 5000;
/** Measured at ranks 4 to 128 with AdamW, whose state is the largest. */
const BYTES_A_RANK = 154_000;
const CAPTION_BYTES = 160_000;
const SAMPLE_BYTES = 180_000;

/** Learns for real, on the CPU, in a thread; equal runs give equal LoRAs. See `model.ts` for what it learns. */
export const fastTestTraining: TrainingEngine = {
  capabilities: async () => trainingCapabilities,
  health: async () => ({ isHealthy: true, message: 'Ready; it needs no GPU.' }),
  needs: ({ config: { rank } }) => {
    const checkpointBytes = CAPTION_BYTES + BYTES_A_RANK * rank;
    // The state of its optimizer is in the checkpoints, and each of these is taken away when it was told.
    const bytes = { checkpointBytes, sampleBytes: SAMPLE_BYTES, workBytes: checkpointBytes };
    return { vramBytes: null, licence: null, ...bytes };
  },
  run(run, signal) {
    const behaviour = readBehaviour(process.env);
    const input: TrainingInput = { run, behaviour };
    const heard = behaviour.fault?.kind === 'deaf' ? new AbortController().signal : signal;
    return runThread<TrainingInput, TrainingEvent>({
      script: SCRIPT,
      input,
      graceMs: GRACE_MS,
      signal: heard,
    });
  },
};
