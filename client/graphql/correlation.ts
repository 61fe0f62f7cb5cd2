import { type Exchange, makeOperation, mapExchange } from '@urql/core';

/** The id is made here, so that even a request that never arrives has one to report. */
export function correlationExchange(): Exchange {
  return mapExchange({
    onOperation: (operation) => {
      const { fetchOptions } = operation.context;
      const options = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions;
      const correlationId = crypto.randomUUID();
      return makeOperation(operation.kind, operation, {
        ...operation.context,
        correlationId,
        fetchOptions: { ...options, headers: { ...options?.headers, 'x-correlation-id': correlationId } },
      });
    },
  });
}
