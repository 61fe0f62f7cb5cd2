import { isAsyncIterable, type Plugin } from 'graphql-yoga';

const MESSAGE =
  'An answer is application/graphql-response+json or application/json, and that of a subscription text/event-stream; accept it.';

/** Yoga refuses with nothing in it, and leaves the subscription that it began running for ever. */
export const onlyAcceptable: Plugin = {
  async onResultProcess({ result, resultProcessor, setResultProcessor }) {
    if (resultProcessor !== undefined) return;
    if (isAsyncIterable(result)) await result[Symbol.asyncIterator]().return?.();
    const errors = [{ message: MESSAGE, extensions: { code: 'NOT_ACCEPTABLE' } }];
    setResultProcessor((_, { Response }) => Response.json({ errors }, { status: 406 }), 'application/json');
  },
};
