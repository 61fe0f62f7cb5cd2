import { createPreference } from './preference.ts';

export type Density = 'comfortable' | 'compact';

const [density, chooseDensity] = createPreference<Density>('density', ['comfortable', 'compact']);

export { density };

/** The tokens of sizes switch with it: `tokens.css`. */
export function applyDensity(): void {
  document.documentElement.dataset.density = density();
}

export function setDensity(next: Density): void {
  chooseDensity(next);
  applyDensity();
}
