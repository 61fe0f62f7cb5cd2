import type { TrainingConfig, TrainingEngine, TrainingEvent } from '../engine.ts';
import { eventsOf } from '../events.ts';
import { train } from './attempt.ts';
import { trainingCapabilities } from './capabilities.ts';
import { modelOf, savesKept } from './config.ts';
import { vramBytes } from './families.ts';
import { healthOf } from './installation.ts';
import { ownSettings, type Settings } from './settings.ts';

/** A photo as PNG has about half of the bytes of its pixels. */
const BYTES_PER_PIXEL = 1.5;

/** For each number of a LoRA, of two bytes: two of one, two of four, or four of four. */
const OPTIMIZER_STATES: Record<TrainingConfig['optimizer'], number> = { adamw8bit: 1, adamw: 4, prodigy: 8 };

/** How many times the size of the LoRA is in its folder at most: its saves, the last one, one that is being told, the state. */
function filesOf({ steps, checkpointEvery, keepCheckpoints, optimizer }: TrainingConfig): number {
  const saves = Math.min(savesKept({ keepCheckpoints }), Math.floor(steps / checkpointEvery) + 1);
  return saves + 2 + OPTIMIZER_STATES[optimizer];
}

/**
 * Trains with ostris' AI-Toolkit, which runs as a process of its own for each training. It is spoken to by its configuration, a
 * row in a SQLite file and signals, and heard by its output and the files that it writes. Nothing of it needs to be installed
 * where only its capabilities are asked for.
 */
export const createAiToolkit = (settings: Settings): TrainingEngine => ({
  capabilities: async () => trainingCapabilities,
  health: healthOf(settings),
  needs({ baseModel, config }) {
    const model = modelOf({ baseModel });
    const checkpointBytes = model.bytesPerRank * config.rank;
    return {
      vramBytes: vramBytes(model, config),
      checkpointBytes,
      sampleBytes: BYTES_PER_PIXEL * config.resolution ** 2,
      workBytes: checkpointBytes * filesOf(config),
      licence: model.licence,
    };
  },
  run: (run, signal) => eventsOf<TrainingEvent>((tell, left) => train({ run, settings, tell, signal, left })),
});

export const aiToolkitTraining = createAiToolkit(ownSettings());
