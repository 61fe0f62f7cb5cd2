import { join } from 'node:path';
import type { TrainingRun } from '../engine.ts';

/** Where a run has its things, all below its working folder. */
export type Places = {
  /** Of the run, as AI-Toolkit knows it: a folder, and the beginning of the names of its files. */
  name: string;
  config: string;
  jobDb: string;
  dataset: string;
  trainingFolder: string;
  /** What AI-Toolkit writes. */
  output: string;
  lossLog: string;
  samples: string;
  final: string;
  checkpoint(step: number): string;
  /** What was told to the caller, who may take it away. */
  told: string;
};

/**
 * AI-Toolkit takes every file in its folder that begins with the name for one of its own, by a pattern: so no character that
 * means something there, and no word that it uses itself (`config`, `samples`, `optimizer`, `loss` …).
 */
const nameOf = (jobId: string) => `lora-${jobId.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 58)}`;

export function placesOf({ jobId, workDir }: Pick<TrainingRun, 'jobId' | 'workDir'>): Places {
  const name = nameOf(jobId);
  const trainingFolder = join(workDir, 'training');
  const output = join(trainingFolder, name);
  return {
    name,
    config: join(workDir, 'config.json'),
    jobDb: join(workDir, 'job.db'),
    dataset: join(workDir, 'dataset'),
    trainingFolder,
    output,
    lossLog: join(output, 'loss_log.db'),
    samples: join(output, 'samples'),
    final: join(output, `${name}.safetensors`),
    checkpoint: (step) => join(output, `${name}_${String(step).padStart(9, '0')}.safetensors`),
    told: join(workDir, 'told'),
  };
}
