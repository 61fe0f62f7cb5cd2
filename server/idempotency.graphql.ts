import { builder, UserErrorInterface } from './builder.ts';
import { InvalidInput, NotFound } from './errors.ts';
import { IdempotencyConflict } from './idempotency.ts';

builder.objectType(IdempotencyConflict, {
  name: 'IdempotencyConflict',
  description:
    'The idempotency key was used before with another input, or in another mutation. Nothing was done now; what was done then stays.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    operation: t.exposeString('operation', {
      description: 'The mutation that the key belongs to, such as `startTraining`.',
    }),
  }),
});

type MutationFields = Parameters<Parameters<typeof builder.mutationField>[1]>[0];

/** The argument of every mutation that creates or starts something; `askedFor` takes it from there. */
export const idempotencyKey = (t: MutationFields) =>
  t.arg.string({
    required: false,
    description:
      'Makes it safe to ask again when an answer was lost: 1 to 255 printable ASCII characters, new for each wish, such as a UUID. For 24 hours the same key with the same input creates nothing more and answers what the first request created, as that is now, or NotFound when it was deleted since. With another input, or in another mutation, it answers IdempotencyConflict. A request that ended in an error leaves its key unused. Without a key each request creates anew.',
  });

/** What such a mutation can answer besides errors of its own: the key is malformed, is taken, or what it made was deleted. */
export const KEY_ERRORS = [IdempotencyConflict, InvalidInput, NotFound] as const;
