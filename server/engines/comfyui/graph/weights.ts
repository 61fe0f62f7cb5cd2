import type { Graph } from './draft.ts';

/**
 * How much of the time a node takes, in steps of the sampler. Roughly: it is for a bar that moves evenly, and the sampler outweighs
 * everything else. Nodes that are not named take nothing worth showing.
 */
export function weightsOf(graph: Graph): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const [id, { class_type, inputs }] of Object.entries(graph)) {
    const weight = weightOf(class_type, inputs, graph);
    if (weight > 0) weights[id] = weight;
  }
  return weights;
}

const FIXED: Record<string, number> = {
  CheckpointLoaderSimple: 4,
  UNETLoader: 6,
  CLIPLoader: 3,
  DualCLIPLoader: 3,
  TripleCLIPLoader: 3,
  ControlNetLoader: 2,
  IPAdapterUnifiedLoader: 2,
  UltralyticsDetectorProvider: 1,
  CLIPTextEncode: 1,
  VAEEncode: 1,
  VAEEncodeForInpaint: 1,
  InpaintModelConditioning: 2,
  VAEDecode: 1,
  ImageUpscaleWithModel: 5,
  ImageScale: 0.5,
  SaveImage: 0.5,
};

function weightOf(name: string, inputs: Record<string, unknown>, graph: Graph): number {
  // Not fewer steps for a smaller denoise: all of them are done in the part that is left.
  if (name === 'KSampler') return Number(inputs.steps);
  if (name === 'FaceDetailer') return Number(inputs.steps);
  if (name === 'SamplerCustomAdvanced') {
    const [source] = inputs.sigmas as [string];
    return Number(graph[source]?.inputs.steps ?? 20);
  }
  return FIXED[name] ?? 0;
}
