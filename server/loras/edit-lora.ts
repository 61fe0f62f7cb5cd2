import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { loras } from '#schema/loras.ts';
import { db } from '../db.ts';
import { isId, isStorable, NotFound, parseInput, UNSTORABLE } from '../errors.ts';
import type { Lora } from './loras.ts';

const upTo100 = () =>
  z
    .string()
    .trim()
    .min(1, 'Must not be empty.')
    .refine((text) => [...text].length <= 100, 'Must have at most 100 characters.')
    .refine(isStorable, UNSTORABLE);

export const LoraName = upTo100();
export const LoraTriggerWord = upTo100().refine((word) => !/\p{Cc}/u.test(word), {
  error: 'It cannot have line breaks or other control characters.',
});

const RenameLora = z.object({ name: LoraName });
const SetTriggerWord = z.object({ triggerWord: LoraTriggerWord.nullable() });

export function renameLora({ loraId, name }: { loraId: string; name: string }): Promise<Lora> {
  return change(loraId, parseInput(RenameLora, { name }));
}

/** Null clears it. */
export function setLoraTriggerWord(input: { loraId: string; triggerWord?: string | null }): Promise<Lora> {
  const { loraId, triggerWord = null } = input;
  return change(loraId, parseInput(SetTriggerWord, { triggerWord }));
}

async function change(loraId: string, values: { name: string } | { triggerWord: string | null }) {
  const [changed] = isId(loraId)
    ? await db.update(loras).set(values).where(eq(loras.id, loraId)).returning()
    : [];
  if (changed === undefined) throw new NotFound('lora', loraId);
  return changed;
}
