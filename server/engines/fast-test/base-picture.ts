import { PIXELS, SIDE } from './photos.ts';
import { random } from './random.ts';
import { wordsOf } from './text.ts';

/**
 * What the engine draws without a LoRA, and what a LoRA's strength is measured from: soft fields of colour that the
 * words of the prompt place. Never a photo.
 */
const BLOBS = 6;
/** Two colours of the ground, then place (2), width and colour (3) of each blob. */
export const BASE_SIZE = 6 + BLOBS * 6;

/** The point of the prompt: each word has its own, and a text lies between its words. */
export function basePoint(prompt: string): Float32Array {
  const point = new Float32Array(BASE_SIZE);
  const words = wordsOf(prompt);
  for (const word of words) {
    const { normal } = random('word', word);
    for (let i = 0; i < BASE_SIZE; i++) point[i] = (point[i] ?? 0) + normal() / Math.sqrt(words.length);
  }
  return point;
}

const soft = (value: number | undefined) => Math.tanh((value ?? 0) * 0.6);

export function paintBase(point: Float32Array): Float32Array {
  const picture = new Float32Array(PIXELS);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [(2 * x) / (SIDE - 1) - 1, (2 * y) / (SIDE - 1) - 1];
      const at = (y * SIDE + x) * 3;
      for (let c = 0; c < 3; c++) {
        const [top, bottom] = [soft(point[c]), soft(point[3 + c])];
        picture[at + c] = 0.55 * (top + ((bottom - top) * (v + 1)) / 2);
      }
      for (let b = 0; b < BLOBS; b++) {
        const o = 6 + b * 6;
        const width = 0.35 + 0.25 * (soft(point[o + 2]) + 1);
        const distance = (u - soft(point[o])) ** 2 + (v - soft(point[o + 1])) ** 2;
        const cover = 0.75 * Math.exp(-distance / (2 * width * width));
        for (let c = 0; c < 3; c++) {
          const under = picture[at + c] ?? 0;
          picture[at + c] = under + cover * (0.8 * soft(point[o + 3 + c]) - under);
        }
      }
    }
  }
  return picture;
}
