import type { TrainingStage } from '../engine.ts';

/** How lines and the titles of bars begin. */
const STAGES: [line: RegExp, stage: TrainingStage][] = [
  [/^(Loading|Quantizing|Making pipe|Preparing Model|Model Loaded|Fetching)\b/, 'loading_model'],
  [/^(Dataset:|Caching|\s*-\s+(Preprocessing|Saving latents))/, 'caching'],
  [/^(Generating|Sampling)\b/, 'sampling'],
  [/^Saving at step\b/, 'saving'],
];

export const stageOf = (text: string) => STAGES.find(([line]) => line.test(text))?.[1];

/** The stage by what a trainer writes into its row. */
export function stageOfInfo(info: string): TrainingStage | undefined {
  if (info === 'Training') return 'training';
  if (info === 'Loading dataset') return 'caching';
  if (info === 'Saving model') return 'saving';
  if (info === 'Training completed') return 'exporting';
  return stageOf(info);
}

/** Each once, in this order, before all others. A line of the one stream may be heard late, after one of the other. */
const BEGINNING: TrainingStage[] = ['preparing', 'loading_model', 'caching'];

/** Whether a stage cannot come any more. */
export function isPast(stage: TrainingStage, now: TrainingStage | null): boolean {
  const place = BEGINNING.indexOf(stage);
  const reached = now === null ? -1 : BEGINNING.indexOf(now);
  return place !== -1 && now !== null && (reached === -1 || reached > place);
}
