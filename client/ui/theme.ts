import { createSignal } from 'solid-js';

export type Theme = 'system' | 'dark' | 'light';

const KEY = 'isengard.theme';
const THEMES: readonly string[] = ['system', 'dark', 'light'];

const stored = localStorage.getItem(KEY);
const [theme, setSignal] = createSignal<Theme>(
  stored !== null && THEMES.includes(stored) ? (stored as Theme) : 'system',
);
const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

export { theme };

/** Dark unless one asked for light, here or in the system. */
function isDark(): boolean {
  return theme() === 'system' ? !prefersLight.matches : theme() === 'dark';
}

export function applyTheme(): void {
  document.documentElement.classList.toggle('dark', isDark());
  window.dispatchEvent(new Event('themechange'));
}

export function setTheme(next: Theme): void {
  setSignal(next);
  if (next === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  applyTheme();
}

prefersLight.addEventListener('change', applyTheme);
