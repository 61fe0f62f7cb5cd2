import { trainingParametersOf } from '../training-parameters.ts';

export const trainingParameters = trainingParametersOf({
  minSteps: 100,
  words: {
    optimizer:
      'The rule that turns gradients into changes. Prodigy finds its step size by itself and heeds no learning rate.',
    scheduler:
      'How the learning rate changes during the training. With restarts, AI-Toolkit makes one cycle of the whole of it.',
    precision:
      'The numbers that a step computes with. BF16 suits all newer GPUs; FP32 takes twice the memory.',
    alpha:
      'How strongly the LoRA counts: alpha / rank. It follows the rank when left empty; only LoRAs of SDXL and SD 1.5 have another.',
    resolution:
      'The side at which photos are read and samples are drawn. Lower needs less memory and sees fewer details.',
    seed: 'Decides what is random: the start of the weights, the order of the photos, the samples. Empty takes a new one.',
  },
});

/** Of a number. */
export function minimumOf(name: 'learningRate' | 'rank'): number {
  const parameter = trainingParameters.find((candidate) => candidate.name === name);
  return parameter !== undefined && 'minimum' in parameter ? parameter.minimum : 0;
}
