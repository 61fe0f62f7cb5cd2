import { GraphQLError } from 'graphql';

/** One body with a thousand operations would pass each limit that is counted by requests. */
export const batchRefusal = () =>
  new GraphQLError('A request has 1 operation, and a body is no list of them.', {
    extensions: { code: 'BATCHING_NOT_SUPPORTED', limit: 1, http: { status: 400 } },
  });

/** RFC 9110 §15.5.9. What would still come is not read, so the connection ends with the answer. */
export const tooSlow = () =>
  new GraphQLError('The body of this request came too slowly.', {
    extensions: { code: 'REQUEST_TIMEOUT', http: { status: 408, headers: { Connection: 'close' } } },
  });
