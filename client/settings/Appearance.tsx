import { For } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import { setTheme, type Theme, theme } from '../ui/theme.ts';
import styles from './Appearance.module.css';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
];

/** On a phone, the only place to choose it. */
export function Appearance() {
  return (
    <Card title="Appearance">
      <fieldset class={styles.choice}>
        <legend class="srOnly">Appearance in this browser</legend>
        <For each={THEMES}>
          {({ value, label }) => (
            <label class={styles.option}>
              <input
                type="radio"
                class="srOnly"
                name="theme"
                checked={theme() === value}
                onChange={() => setTheme(value)}
              />
              {label}
            </label>
          )}
        </For>
      </fieldset>
    </Card>
  );
}
