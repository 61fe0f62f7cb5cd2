import styles from './Progress.module.css';

export function Progress(props: {
  value: number;
  max: number;
  label: string;
  tone?: 'accent' | 'good' | 'bad' | 'muted';
}) {
  const fraction = () => (props.max > 0 ? Math.min(1, Math.max(0, props.value / props.max)) : 0);
  return (
    <div
      class={styles.track}
      data-tone={props.tone ?? 'accent'}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={props.max}
      aria-valuenow={props.value}
    >
      <div class={styles.fill} style={{ scale: `${fraction()} 1` }} />
    </div>
  );
}

const RADIUS = 8;
const AROUND = 2 * Math.PI * RADIUS;

/** Progress as a ring; the words stand beside it. */
export function Ring(props: { fraction: number; size?: number }) {
  return (
    <svg
      class={styles.ring}
      viewBox="0 0 20 20"
      width={props.size ?? 20}
      height={props.size ?? 20}
      aria-hidden="true"
    >
      <circle cx="10" cy="10" r={RADIUS} class={styles.ringTrack} />
      <circle
        cx="10"
        cy="10"
        r={RADIUS}
        class={styles.ringFill}
        stroke-dasharray={`${AROUND}`}
        stroke-dashoffset={`${AROUND * (1 - Math.min(1, Math.max(0, props.fraction)))}`}
      />
    </svg>
  );
}
