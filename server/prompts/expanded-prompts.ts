import { z } from 'zod';
import { InvalidInput, NotFound, parseInput } from '../errors.ts';
import { findLora } from '../loras/loras.ts';
import { MAX_SEED } from '../seed.ts';
import { NEGATIVE_LIMIT, PROMPT_LIMIT, type Texts, textsMaker, triggerWordsOf } from './prompts.ts';
import { text } from './text-rules.ts';

const Wanted = z.object({
  prompt: text(1, PROMPT_LIMIT),
  negativePrompt: text(0, NEGATIVE_LIMIT),
  count: z.number().min(1, 'Must be from 1 to 16.').max(16, 'Must be from 1 to 16.'),
  loraIds: z.array(z.string()).max(4, 'Must be at most 4 LoRAs.'),
});

type Given = {
  prompt: string;
  negativePrompt?: string | null | undefined;
  seed: number;
  count: number;
  loraIds?: string[] | null | undefined;
};

/** What these texts become for a batch, by image. Throws what is wrong with the first that cannot be. */
export async function expandedPrompts({ seed, ...given }: Given): Promise<(Texts & { seed: number })[]> {
  const { count, loraIds, ...texts } = parseInput(Wanted, {
    ...given,
    negativePrompt: given.negativePrompt ?? '',
    loraIds: given.loraIds ?? [],
  });
  if (seed > MAX_SEED - count + 1)
    throw new InvalidInput([{ field: 'seed', message: `Must be at most ${MAX_SEED - count + 1}.` }]);
  const loras = await Promise.all(
    loraIds.map(async (id) => {
      const lora = await findLora(id);
      if (lora === null) throw new NotFound('lora', id);
      return lora;
    }),
  );
  const triggerWords = triggerWordsOf(loras);
  const make = await textsMaker([texts.prompt, texts.negativePrompt]);
  return Array.from({ length: count }, (_, i) => {
    const made = make({ ...texts, seed: seed + i, triggerWords });
    if (made.problems.length > 0) throw new InvalidInput(made.problems);
    return { ...made.texts, seed: seed + i };
  });
}
