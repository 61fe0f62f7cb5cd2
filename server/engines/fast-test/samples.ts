import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent, TrainingRun } from '../engine.ts';
import { saveLora } from './checkpoint.ts';
import { dream } from './dream.ts';
import { readLora } from './lora-file.ts';
import { grain, paint, writePng } from './paint.ts';
import { seedOf } from './random.ts';
import { withTrigger } from './text.ts';
import type { Port } from './thread-port.ts';
import type { Photo, Trainer } from './trainer.ts';

const SIZE = { width: 256, height: 256 };
const SETTINGS = {
  negativePrompt: '',
  steps: 20,
  guidanceScale: 3.5,
  sampler: 'euler',
  scheduler: 'karras',
};

/** One image per sample prompt, drawn from the weights as a file holds them, so a sample shows what a user would get. */
export async function drawSamples(of: {
  run: TrainingRun;
  trainer: Trainer;
  photos: Photo[];
  step: number;
  name: string;
  port: Port<TrainingEvent>;
}): Promise<void> {
  const { run, step, name, port } = of;
  await port.tell({ type: 'stage', stage: 'sampling' });
  const weights = join(run.workDir, 'samples', `${name}.safetensors`);
  await saveLora(weights, of);
  const lora = await readLora(weights);
  await rm(weights);
  for (const [promptIndex, template] of run.config.samplePrompts.entries()) {
    if (port.isAborted()) return;
    const prompt = withTrigger(template, run.triggerWord);
    const seed = seedOf(run.config.seed, promptIndex);
    const loras = [{ lora, strength: 1, triggerWord: run.triggerWord }];
    let look: () => Float32Array = () => new Float32Array();
    for (const seen of dream({ prompt: { ...SETTINGS, prompt }, loras, seed, guide: null })) look = seen;
    const image = await paint(look(), SIZE);
    grain(image, seed);
    const path = join(run.workDir, 'samples', `${name}-${promptIndex}.png`);
    await writePng(path, image);
    await port.tell({ type: 'sample', step, promptIndex, prompt, seed, path });
  }
}
