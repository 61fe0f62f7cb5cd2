import { Client, fetchExchange } from '@urql/core';
import { correlationExchange } from '../graphql/correlation.ts';
import { describe, type Problem } from '../graphql/errors.ts';
import { toast } from '../ui/toast.ts';
import { goTo, setIsLeaving, takeAccess } from './access.ts';
import { AccessQuery, SignOut } from './queries.ts';

/**
 * The client of whoever is not in: without a cache, so that nothing of one person is left for the next, and without a
 * socket. What asks who one is goes through it at all times, as it never waits for somebody to sign in.
 */
export const door = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'network-only',
  exchanges: [correlationExchange(), fetchExchange],
});

/** Asks anew who one is. Resolves to why that is not known, and then it stays as it was. */
export async function checkAccess(): Promise<Problem | null> {
  const answer = await door.query(AccessQuery, {}).toPromise();
  if (answer.data !== undefined) takeAccess(answer.data.access);
  return answer.error === undefined ? null : describe(answer.error, answer.operation);
}

/** Ends the session of this browser. Its end is heard from the socket too, perhaps before the answer comes. */
export async function signOut() {
  setIsLeaving(true);
  const answer = await door.mutation(SignOut, {}).toPromise();
  if (answer.error === undefined) return goTo('/sign-in');
  setIsLeaving(false);
  toast({ kind: 'bad', title: 'You are still signed in', ...describe(answer.error, answer.operation) });
}
