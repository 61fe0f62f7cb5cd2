import type { ExecutionResult } from 'graphql';

/** Equal subscriptions are given the same result, which so becomes text once. */
const texts = new WeakMap<ExecutionResult, string>();

/** A `next` message of graphql-transport-ws. */
export function nextFrame(id: string, result: ExecutionResult): string {
  const text = texts.get(result) ?? JSON.stringify(result);
  texts.set(result, text);
  return `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`;
}
