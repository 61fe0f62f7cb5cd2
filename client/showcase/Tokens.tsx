import { For } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import styles from './Showcase.module.css';

const COLOURS = [
  ...['page', 'surface', 'raised', 'sunken', 'control', 'control-hover', 'selected', 'hairline', 'outline'],
  ...['text', 'muted', 'accent', 'accent-soft', 'accent-text', 'good', 'warn', 'bad', 'info'],
];
const TEXTS = ['xs', 'sm', 'md', 'lg', 'xl', '2xl'];
const SPACES = ['s1', 's2', 's3', 's4', 's5', 's6', 's7'];

export function Tokens() {
  return (
    <>
      <Card title="Colour">
        <div class={styles.row}>
          <For each={COLOURS}>
            {(name) => (
              <div class={styles.swatch}>
                <div class={styles.colour} style={{ background: `var(--${name})` }} />
                {name}
              </div>
            )}
          </For>
        </div>
      </Card>
      <Card title="Type and space">
        <For each={TEXTS}>
          {(size) => <p style={{ 'font-size': `var(--text-${size})` }}>Step 1,240 of 2,000 in text-{size}</p>}
        </For>
        <p class="mono">mara_v · seed 8675309 in mono</p>
        <For each={SPACES}>
          {(space) => <div class={styles.space} style={{ width: `var(--${space})` }} title={space} />}
        </For>
      </Card>
    </>
  );
}
