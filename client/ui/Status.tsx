import CircleCheck from 'lucide-solid/icons/circle-check';
import CircleDashed from 'lucide-solid/icons/circle-dashed';
import CircleDot from 'lucide-solid/icons/circle-dot';
import CircleX from 'lucide-solid/icons/circle-x';
import TriangleAlert from 'lucide-solid/icons/triangle-alert';
import { Dynamic } from 'solid-js/web';
import styles from './Status.module.css';

const ICONS = {
  good: CircleCheck,
  accent: CircleDot,
  muted: CircleDashed,
  warn: TriangleAlert,
  bad: CircleX,
} as const;

export type Tone = keyof typeof ICONS;

/** How something is: a colour, a shape and a word. */
export function Status(props: { tone: Tone; word: string }) {
  return (
    <span class={styles.status} data-tone={props.tone}>
      <Dynamic component={ICONS[props.tone]} size={16} aria-hidden="true" />
      {props.word}
    </span>
  );
}
