import { createPreference } from './preference.ts';

export type Theme = 'system' | 'dark' | 'light';

const [theme, chooseTheme] = createPreference<Theme>('theme', ['system', 'dark', 'light']);
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
  chooseTheme(next);
  applyTheme();
}

prefersLight.addEventListener('change', applyTheme);
