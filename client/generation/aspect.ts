export type Aspect = { name: string; width: number; height: number };

export const QUALITIES = [
  { value: 0.75, label: 'Draft' },
  { value: 1, label: 'Standard' },
  { value: 1.25, label: 'Fine' },
] as const;

const STEP = 16;
const LEAST = 256;
const MOST = 2048;

function sideOf(side: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.round(side / STEP) * STEP));
}

/** A preset at a quality, in pixels that engines can make: multiples of 16, 256 to 2048. */
export function sizeOf(aspect: Aspect, quality: number): { width: number; height: number } {
  return { width: sideOf(aspect.width * quality), height: sideOf(aspect.height * quality) };
}

/** The shape of an aspect drawn into a square of `side` pixels, all of them to the same scale. */
export function shapeOf(aspect: Aspect, side: number): { width: number; height: number } {
  const longest = Math.max(aspect.width, aspect.height);
  return { width: (aspect.width / longest) * side, height: (aspect.height / longest) * side };
}
