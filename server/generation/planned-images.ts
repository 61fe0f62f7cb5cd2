import { asc, eq } from 'drizzle-orm';
import { type Grid, generationImages, type ImageLora } from '#schema/generation.ts';
import { db } from '../db.ts';
import { InvalidInput } from '../errors.ts';
import type { Lora } from '../loras/loras.ts';
import { type Texts, textsMaker, triggerWordsOf } from '../prompts/prompts.ts';
import { type Cell, cellCount, cellOf } from './grid.ts';

export type PlannedImage = Omit<typeof generationImages.$inferSelect, 'jobId'>;

/** A LoRA at its position; `strength` is null for one that stands on an axis alone. */
export type Use = { lora: Lora; strength: number | null };

type Wanted = Texts & { seed: number; count: number; grid: Grid | null; uses: Use[] };

const USUAL_STRENGTH = 0.8;

/** Each image as it is to be made. `made` are the texts of images that were planned before, by index; without them they are drawn. */
export async function planImages(wanted: Wanted, made: Texts[] | null): Promise<PlannedImage[]> {
  const { grid, count } = wanted;
  const textsOf = made === null ? await textsDrawer(wanted) : ({ index }: Drawn) => made[index];
  return Array.from({ length: grid === null ? count : cellCount(grid) }, (_, index) => {
    const cell = grid === null ? null : cellOf(grid, index);
    const seed = grid === null ? wanted.seed + index : (grid.seeds?.[cell?.seeds ?? 0] ?? wanted.seed);
    const loras = stackOf(wanted, cell);
    const texts = textsOf({ index, cell, seed, loras });
    if (texts === undefined) throw new Error(`Image ${index} was never planned.`);
    return { index, ...texts, seed, loras };
  });
}

type Drawn = { index: number; cell: Cell | null; seed: number; loras: ImageLora[] };

async function textsDrawer({ grid, uses, negativePrompt, ...wanted }: Wanted) {
  const written = grid?.prompts ?? [wanted.prompt];
  const make = await textsMaker([...written, negativePrompt]);
  return ({ index, cell, seed, loras }: Drawn): Texts => {
    const place = cell?.prompts ?? 0;
    const used = loras.flatMap(({ position }) => uses[position]?.lora ?? []);
    const texts = { prompt: written[place] ?? '', negativePrompt };
    const { texts: drawn, problems } = make({ ...texts, seed, triggerWords: triggerWordsOf(used) });
    if (problems.length === 0) return drawn;
    throw new InvalidInput(
      problems.map(({ field, message }) => ({
        field: field === 'prompt' && grid?.prompts ? `grid.prompts.${place}` : field,
        message: `For image ${index + 1}: ${message}`,
      })),
    );
  };
}

/** The grid varies what stands in the first place, and how strong it is; the others stay as they are. */
function stackOf({ grid, uses }: Wanted, cell: Cell | null): ImageLora[] {
  const stack = uses.flatMap(({ strength }, position) => (strength === null ? [] : [{ position, strength }]));
  if (grid?.loras == null && grid?.strengths == null) return stack;
  const [first, ...others] = stack;
  const varied = grid.loras?.[cell?.loras ?? 0];
  const position = grid.loras === null ? first?.position : varied;
  if (position == null) return others;
  const strength = grid.strengths?.[cell?.strengths ?? 0] ?? first?.strength ?? USUAL_STRENGTH;
  return [{ position, strength }, ...others];
}

export const plannedImages = (jobId: string): Promise<PlannedImage[]> =>
  db
    .select()
    .from(generationImages)
    .where(eq(generationImages.jobId, jobId))
    .orderBy(asc(generationImages.index));
