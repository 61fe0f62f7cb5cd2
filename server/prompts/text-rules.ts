import { z } from 'zod';
import { isStorable, UNSTORABLE, UserError } from '../errors.ts';

/** Another one of the same kind has it. */
export class NameInUse extends UserError {
  readonly code = 'NAME_IN_USE';
  readonly taken: string;

  constructor(name: string) {
    super(`There is one with the name "${name}" already.`);
    this.taken = name;
  }
}

/** Characters as Postgres counts them: code points. */
export const text = (min: number, max: number) =>
  z
    .string({ error: 'It cannot be null.' })
    .trim()
    .refine((value) => [...value].length >= min && [...value].length <= max, {
      error: ({ input }) => `It needs ${min} to ${max} characters; it has ${[...String(input)].length}.`,
    })
    .refine(isStorable, UNSTORABLE);

export const oneLine = (min: number, max: number) =>
  text(min, max).refine((value) => !/\p{Cc}/u.test(value), {
    error: 'It cannot have line breaks or other control characters.',
  });
