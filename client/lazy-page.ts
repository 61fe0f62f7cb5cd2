import { type Component, lazy } from 'solid-js';
import { connection, untilOnline } from './graphql/connection.ts';

const loads: (() => Promise<unknown>)[] = [];

/** A page's code is loaded when it is first gone to. */
export function lazyPage<Name extends string, Props extends Record<string, unknown> = Record<string, never>>(
  name: Name,
  load: () => Promise<Record<Name, Component<Props>>>,
) {
  loads.push(load);
  return lazy(async () => ({ default: (await insist(load))[name] }));
}

/**
 * While the server is away the page waits for it. A browser remembers that a module could not be fetched, so once the
 * server is back only a reload brings it: the address holds the place, the draft holds itself.
 */
async function insist<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (connection() === 'online') throw error;
    await untilOnline();
    location.reload();
    return new Promise(() => undefined);
  }
}

/** Once the first page stands, the others are fetched too: then going there needs no server. */
export function fetchOtherPages(): void {
  for (const load of loads) load().catch(() => undefined);
}
