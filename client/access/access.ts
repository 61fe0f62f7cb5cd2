import { createSignal } from 'solid-js';
import type { AccessQuery as Data, Scope } from '../gql/graphql.ts';
import { when } from '../graphql/when.ts';

export type Access = Data['access'];
export type Viewer = NonNullable<Access['viewer']>;

const [access, setAccess] = createSignal<Access | null>(null);
const [hasEnded, setHasEnded] = createSignal(false);
const [isLeaving, setIsLeaving] = createSignal(false);

/** How one gets in, and who one is; null until the server has said. */
export { access, isLeaving, setIsLeaving };

/**
 * The session of the person has ended under an open page. The page stays as it is, with what was typed into it, until the
 * person is back or another one comes.
 */
export const isOut = () => hasEnded() && !isLeaving();

/** Never, when the page is being left. */
export const untilIn = (): Promise<void> => when(() => !hasEnded() && !isLeaving());

/** The person who uses the page; undefined with ISENGARD_AUTH=off, and as long as nobody is in. */
export const user = () => access()?.viewer?.user ?? undefined;

/** Whether whoever uses the page may do what needs this scope. */
export const can = (scope: Scope): boolean => access()?.viewer?.scopes.includes(scope) ?? false;

/** A request or the socket was refused, because nobody is signed in. */
export const loseAccess = () => void setHasEnded(true);

/**
 * What the server says now of who one is. The cache, the socket and the page belong to one person: for another one all of
 * it is thrown away, by loading the page anew.
 */
export function takeAccess(now: Access) {
  const before = access();
  if (before?.viewer != null) {
    if (now.viewer == null) return loseAccess();
    if (now.viewer.user?.id !== before.viewer.user?.id) return goTo('/');
  }
  setAccess(now);
  setHasEnded(false);
}

/** Leaves this page, with all that it holds in memory. */
export function goTo(path: string) {
  setIsLeaving(true);
  location.replace(path);
}
