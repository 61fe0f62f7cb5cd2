import type { TrainingEngine, TrainingEvent } from '../engine.ts';
import { train } from './attempt.ts';
import { trainingCapabilities } from './capabilities.ts';
import { modelOf } from './config.ts';
import { eventsOf } from './events.ts';
import { vramBytes } from './families.ts';
import { healthOf } from './installation.ts';
import { ownSettings, type Settings } from './settings.ts';

/** A photo as PNG has about half of the bytes of its pixels. */
const BYTES_PER_PIXEL = 1.5;

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
    return {
      vramBytes: vramBytes(model, config),
      checkpointBytes: model.bytesPerRank * config.rank,
      sampleBytes: BYTES_PER_PIXEL * config.resolution ** 2,
    };
  },
  run: (run, signal) => eventsOf<TrainingEvent>((tell, left) => train({ run, settings, tell, signal, left })),
});

export const aiToolkitTraining = createAiToolkit(ownSettings());
