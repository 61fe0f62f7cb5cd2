import { type ExecutionResult, GraphQLError } from 'graphql';
import { MAX_ERRORS } from './document-limits.ts';

/** A list of a thousand that fails in each of its entries is one mistake, not a thousand. */
export const withFewErrors = <Result extends ExecutionResult>(result: Result): Result =>
  result.errors === undefined || result.errors.length <= MAX_ERRORS
    ? result
    : { ...result, errors: result.errors.slice(0, MAX_ERRORS) };

/** What a value may have been meant to be tells of the schema to who may not read it. */
export const withoutSuggestions = <Result extends ExecutionResult>(result: Result): Result =>
  result.errors === undefined
    ? result
    : {
        ...result,
        errors: result.errors.map(
          (error) => new GraphQLError(error.message.replace(/ Did you mean .*$/s, ''), error),
        ),
      };
