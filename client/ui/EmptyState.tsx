import type { JSX } from 'solid-js';
import type { IconType } from './Button.tsx';
import styles from './EmptyState.module.css';
import { Filled } from './Filled.tsx';

/** Nothing here yet: what would be here, and how to get it. */
export function EmptyState(props: {
  icon: IconType;
  title: string;
  children?: JSX.Element;
  actions?: JSX.Element;
}) {
  const Icon = () => {
    const Glyph = props.icon;
    return <Glyph size={20} aria-hidden="true" />;
  };
  return (
    <div class={styles.empty}>
      <span class={styles.icon}>
        <Icon />
      </span>
      <h2 class={styles.title}>{props.title}</h2>
      <Filled frame={(text) => <div class={styles.text}>{text}</div>}>{props.children}</Filled>
      <Filled frame={(actions) => <div class={styles.actions}>{actions}</div>}>{props.actions}</Filled>
    </div>
  );
}
