import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, type Source, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LIMITS, MAX_ERRORS, tooMuch } from './document-limits.ts';
import { shapeOf } from './document-shape.ts';

/** Of texts that are kept with what they parse to. Yoga's own cache counts documents, and also keeps those that were refused. */
const KEPT_CHARACTERS = 512 * 1024;

const kept = new Map<string, DocumentNode>();
let keptCharacters = 0;

/** Equal texts give the same object, so what is found out about a document can be kept beside it. */
function documentOf(source: string | Source): DocumentNode {
  const text = typeof source === 'string' ? source : source.body;
  const document = kept.get(text) ?? parseWithinLimits(text);
  // The one that was asked for last is the last.
  if (!kept.delete(text)) keptCharacters += text.length;
  kept.set(text, document);
  for (const oldest of kept.keys()) {
    if (keptCharacters <= KEPT_CHARACTERS) break;
    kept.delete(oldest);
    keptCharacters -= oldest.length;
  }
  return document;
}

function parseWithinLimits(text: string): DocumentNode {
  if (text.length > LIMITS.characters) throw tooMuch('characters', text.length);
  const document = parseTokens(text);
  // Before the validation, which takes time by the square of what it is given.
  const shape = shapeOf(document);
  for (const [name, found] of Object.entries(shape) as [keyof typeof shape, number][])
    if (found > LIMITS[name]) throw tooMuch(name, found);
  return document;
}

function parseTokens(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message))
      throw tooMuch('tokens');
    throw error;
  }
}

const found = new WeakMap<DocumentNode, readonly GraphQLError[]>();

function mistakesIn(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  const known = found.get(document);
  if (known !== undefined) return known;
  // The last of the errors says that there are more.
  const mistakes = validate(schema, document, undefined, { maxErrors: MAX_ERRORS - 1 });
  found.set(document, mistakes);
  return mistakes;
}

/** Parses and validates within the limits, and each text once. */
export const limitedDocuments: Plugin = {
  onParse: ({ setParseFn }) => setParseFn(documentOf),
  onValidate: ({ setValidationFn }) => setValidationFn(mistakesIn),
};
