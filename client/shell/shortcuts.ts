import { createSignal, onCleanup } from 'solid-js';
import { createPreference } from '../ui/preference.ts';

export type Shortcut = {
  /** `mod+k` (Ctrl, or ⌘ on a Mac), one key such as `?` or `n`, or two one after the other such as `g c`. */
  keys: string;
  /** What it does, as a verb: `Go to the queue`. */
  label: string;
  /** Without it the shortcut is only told: what is focused reacts to the key by itself. */
  run?: () => void;
};

export type ShortcutGroup = { name: string; shortcuts: readonly Shortcut[] };

const [groups, setGroups] = createSignal<readonly ShortcutGroup[]>([]);
const [singleKeys, setSingleKeys] = createPreference('shortcuts', ['on', 'off']);

/** `singleKeys`: those without Ctrl or ⌘ can be switched off, for those who speak to their computer (WCAG 2.1.4). */
export { groups, setSingleKeys, singleKeys };

/** The shortcuts of whatever calls it, for as long as that is on the page. `name` is what they are for: `Queue`. */
export function createShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const group = { name, shortcuts };
  setGroups((now) => [...now, group]);
  onCleanup(() => setGroups((now) => now.filter((other) => other !== group)));
}

const SECOND_KEY_MS = 1_200;
const TYPING =
  'input:not([type="checkbox"], [type="radio"], [type="button"], [type="file"]), textarea, select, [contenteditable="true"]';
/** What is on top of the page has keys of its own. */
const ON_TOP = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** Runs what the keys stand for. Made once, by the shell. */
export function listenToShortcuts(): void {
  let first: { key: string; at: number } | null = null;

  const find = (keys: string) =>
    // The newest first: what a page says comes before what holds everywhere.
    groups()
      .flatMap(({ shortcuts }) => shortcuts)
      .findLast((shortcut) => shortcut.keys === keys && shortcut.run !== undefined);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat || event.altKey) return;
    const key = event.key.toLowerCase();
    const before = first !== null && event.timeStamp - first.at < SECOND_KEY_MS ? first.key : null;
    first = null;
    const hasModifier = event.ctrlKey || event.metaKey;
    if (!hasModifier && (singleKeys() === 'off' || isTyping(event.target))) return;
    if (document.querySelector(ON_TOP) !== null) return;
    const pair = before === null ? undefined : find(`${before} ${key}`);
    const found = hasModifier ? find(`mod+${key}`) : (pair ?? find(key));
    if (found !== undefined) {
      event.preventDefault();
      found.run?.();
    } else if (!hasModifier) first = { key, at: event.timeStamp };
  };
  window.addEventListener('keydown', onKeyDown);
  onCleanup(() => window.removeEventListener('keydown', onKeyDown));
}

const isTyping = (target: EventTarget | null) => target instanceof Element && target.matches(TYPING);
