import type { z } from 'zod';

/** Thrown by domain code when the caller can do something about it; every subclass is a GraphQL type. */
export abstract class UserError extends Error {
  /** Stable and upper case, for programs; `message` is for people. */
  abstract readonly code: string;
}

export class NotFound extends UserError {
  readonly code = 'NOT_FOUND';
  readonly kind: string;
  readonly id: string;

  /** `id` is empty when it is not known any more; then `message` says what is missing. */
  constructor(kind: string, id: string, message = `There is no ${kind} with this id.`) {
    super(message);
    this.kind = kind;
    this.id = id;
  }
}

export type InputIssue = { field: string; message: string };

export class InvalidInput extends UserError {
  readonly code = 'INVALID_INPUT';
  readonly issues: InputIssue[];

  constructor(issues: InputIssue[]) {
    super(issues.map(({ field, message }) => `${field}: ${message}`).join(' '));
    this.issues = issues;
  }
}

/** `input`, checked and completed by `schema`; otherwise an error that names every field that is wrong and its limit. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(input);
  if (error === undefined) return data;
  throw new InvalidInput(
    error.issues.map(({ path, message }) => ({ field: path.join('.') || 'input', message })),
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids are opaque to callers, so a malformed one, or one in another spelling, is no mistake of form: nothing has it. */
export const isId = (id: string) => UUID.test(id);

/** Postgres stores neither U+0000 nor half of a surrogate pair. Every text that is kept or searched for is held against this. */
export const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');
export const UNSTORABLE = 'It cannot have the character U+0000, or one half of a surrogate pair.';
