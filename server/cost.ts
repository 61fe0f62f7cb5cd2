import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLSchema,
  getNullableType,
  isListType,
} from 'graphql';

/** A list that is no page has a handful of entries: the checkpoints of a training, the options of a parameter. */
const LIST = 10;
const DEFAULT_PAGE = 20;
/** The longest page of all; who asks for more is told so by the list. */
const MAX_PAGE = 500;

/** What a field costs: one, and what is below it as often as there may be entries. */
export function costOfField(
  args: Record<string, unknown>,
  _context: unknown,
  { name, type, args: takes }: Pick<GraphQLField<unknown, unknown>, 'name' | 'type' | 'args'>,
) {
  if (takes.some((arg) => arg.name === 'first')) {
    const size = Number(args.first ?? args.last ?? DEFAULT_PAGE);
    return { field: 1, multiplier: Math.min(Math.max(size, 1), MAX_PAGE) };
  }
  // The page has said how many edges it has.
  const isList = isListType(getNullableType(type)) && name !== 'edges';
  return { field: 1, multiplier: isList ? LIST : 1 };
}

/**
 * What the operation of a valid document may cost with these variables: about the number of values in its answer. Throws a GraphQLError
 * when the variables are not what they have to be.
 */
export const costOf = (
  schema: GraphQLSchema,
  document: DocumentNode,
  variables?: { readonly [name: string]: unknown } | null,
): number => complexityFromQuery(document, { schema, variables: { ...variables } }).complexity;
