import { z } from 'zod';
import { isStorable, UNSTORABLE } from '../errors.ts';
import { NEGATIVE_LIMIT, PROMPT_LIMIT } from '../prompts/prompts.ts';

const text = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine((value) => [...value].length >= min, 'Must not be empty.')
    .refine((value) => [...value].length <= max, `Must have at most ${max} characters.`)
    .refine(isStorable, UNSTORABLE);

export const Prompt = text(1, PROMPT_LIMIT);
export const NegativePrompt = text(0, NEGATIVE_LIMIT);
export const Strength = z.number().min(0, 'Must be from 0 to 2.').max(2, 'Must be from 0 to 2.');
