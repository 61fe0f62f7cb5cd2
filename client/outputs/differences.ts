export type Comparable = {
  seed: number;
  width: number;
  height: number;
  prompt: string;
  loras: readonly { name: string; strength: number }[];
  generation: {
    baseModel: string;
    samplingSteps: number;
    guidanceScale: number;
    sampler: string;
    scheduler: string;
  };
};

const FACTS: ((output: Comparable) => string)[] = [
  ({ seed }) => `seed ${seed}`,
  ({ loras }) => loras.map(({ name, strength }) => `${name} × ${strength}`).join(', ') || 'no LoRA',
  ({ width, height }) => `${width} × ${height}`,
  ({ generation }) => generation.baseModel,
  ({ generation }) => `${generation.samplingSteps} steps`,
  ({ generation }) => `guidance ${generation.guidanceScale}`,
  ({ generation }) => `${generation.sampler}, ${generation.scheduler}`,
  ({ prompt }) => prompt,
];

/** Of each image, in a line: what is not the same in all of them. */
export function differencesOf(outputs: readonly Comparable[]): string[] {
  const telling = FACTS.filter((fact) => new Set(outputs.map(fact)).size > 1);
  if (telling.length === 0) return outputs.map(() => 'Made in the same way');
  return outputs.map((output) => telling.map((fact) => fact(output)).join(' · '));
}
