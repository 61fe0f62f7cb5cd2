import CircleCheck from 'lucide-solid/icons/circle-check';
import CircleDashed from 'lucide-solid/icons/circle-dashed';
import CircleDot from 'lucide-solid/icons/circle-dot';
import CircleSlash from 'lucide-solid/icons/circle-slash';
import CircleX from 'lucide-solid/icons/circle-x';
import { Dynamic } from 'solid-js/web';
import styles from './StateBadge.module.css';

const LOOK = {
  QUEUED: { icon: CircleDashed, word: 'Waiting', tone: 'muted' },
  RUNNING: { icon: CircleDot, word: 'Running', tone: 'accent' },
  COMPLETED: { icon: CircleCheck, word: 'Done', tone: 'good' },
  FAILED: { icon: CircleX, word: 'Failed', tone: 'bad' },
  CANCELLED: { icon: CircleSlash, word: 'Cancelled', tone: 'muted' },
} as const;

/** A state has a colour, a shape and a word. */
export function StateBadge(props: { state: keyof typeof LOOK; word?: string }) {
  const look = () => LOOK[props.state];
  return (
    <span class={styles.badge} data-tone={look().tone}>
      <Dynamic component={look().icon} size={16} aria-hidden="true" />
      {props.word ?? look().word}
    </span>
  );
}
