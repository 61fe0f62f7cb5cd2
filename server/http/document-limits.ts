import { GraphQLError } from 'graphql';

/**
 * What one document may be, over HTTP and over a socket alike. The largest of the client's has 280 tokens, 142 fields and is 7 fields
 * deep, introspection 184, 230 and 15; the dearest page costs 9,538. Of the worst documents that pass, of 22 kinds that were tried, none
 * took more than 14 ms of the processor to validate, or 26 the first time: each two fields of one name are compared, so `fields` is what
 * bounds it, and `tokens` all the rest.
 */
export const LIMITS = {
  characters: 32 * 1024,
  tokens: 2000,
  operations: 1,
  rootFields: 20,
  fields: 500,
  depth: 16,
  aliases: 50,
  directives: 50,
  /** About the number of values in the answer (cost.ts). */
  cost: 25_000,
} as const;

type Limit = keyof typeof LIMITS;

/** Errors of one answer. A client mends the first of them; the others say how much work it can make us do. */
export const MAX_ERRORS = 5;

const CODES: Record<Limit, string> = {
  characters: 'DOCUMENT_TOO_LONG',
  tokens: 'TOO_MANY_TOKENS',
  operations: 'ONE_OPERATION_ONLY',
  rootFields: 'TOO_MANY_ROOT_FIELDS',
  fields: 'TOO_MANY_FIELDS',
  depth: 'TOO_DEEP',
  aliases: 'TOO_MANY_ALIASES',
  directives: 'TOO_MANY_DIRECTIVES',
  cost: 'TOO_EXPENSIVE',
};

const number = new Intl.NumberFormat('en-US');
const MESSAGES: Record<Limit, (limit: string) => string> = {
  characters: (limit) => `A document may have ${limit} characters; long texts are sent as variables.`,
  tokens: (limit) => `A document may have ${limit} tokens.`,
  operations: () => 'A document may have 1 operation; send the others in requests of their own.',
  rootFields: (limit) => `An operation may have ${limit} fields at its root.`,
  fields: (limit) =>
    `A document may have ${limit} fields, with its fragments written out wherever they are spread.`,
  depth: (limit) => `Fields may be ${limit} deep.`,
  aliases: (limit) => `A document may have ${limit} aliases.`,
  directives: (limit) => `A document may have ${limit} directives.`,
  cost: (limit) =>
    `An operation may cost ${limit}, about one for each value that it may answer with: ask for shorter pages.`,
};

/** The refusal of a document that is beyond a limit, and how far beyond, where that is known. */
export const tooMuch = (limit: Limit, found?: number) =>
  new GraphQLError(MESSAGES[limit](number.format(LIMITS[limit])), {
    extensions: {
      code: CODES[limit],
      limit: LIMITS[limit],
      ...(found !== undefined && { found: Number.isSafeInteger(found) ? found : null }),
      http: { status: 400 },
    },
  });
