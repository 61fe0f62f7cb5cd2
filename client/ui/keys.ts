const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

const WORDS: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  enter: 'Enter',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
};

/** `mod+k` → `Ctrl`, `K`; `g c` → `G`, `C`: what stands on the keys of this machine. */
export function keysOf(keys: string): string[] {
  return keys
    .split(/[ +]/)
    .filter((key) => key !== '')
    .map((key) => WORDS[key.toLowerCase()] ?? key.toUpperCase());
}
