import { A } from '@solidjs/router';
import { type Component, type JSX, Show, splitProps } from 'solid-js';
import styles from './Button.module.css';

export type IconType = Component<{ size?: number | string; 'aria-hidden'?: boolean | 'true' | 'false' }>;

type Look = {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  size?: 'small' | 'medium';
  icon?: IconType;
  /** Only the icon shows; `label` is what it is called. */
  label?: string;
  /** The shortcut that does the same, such as `g c`; its tooltip tells it. */
  keys?: string;
};

const LOOK = ['kind', 'size', 'icon', 'label', 'keys', 'children', 'class'] as const;

function classOf(look: Look & { class?: string }): string {
  const names = [styles.button, styles[look.kind ?? 'plain'], styles[look.size ?? 'medium']];
  if (look.label !== undefined) names.push(styles.iconOnly);
  if (look.class !== undefined) names.push(look.class);
  return names.join(' ');
}

function Inside(props: Look & { children?: JSX.Element }) {
  return (
    <>
      <Show when={props.icon}>
        {(icon) => {
          const Icon = icon();
          return <Icon size={16} aria-hidden="true" />;
        }}
      </Show>
      {props.children}
    </>
  );
}

type ButtonProps = Look & {
  pending?: boolean;
  onClick?: (event: MouseEvent & { currentTarget: HTMLButtonElement }) => void;
} & Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label' | 'title' | 'onClick'>;

/** While it is pending it does nothing more, and keeps the focus, which a disabled button would lose. */
export function Button(props: ButtonProps) {
  const [look, own, rest] = splitProps(props, LOOK, ['pending', 'disabled', 'type', 'onClick']);
  const isPending = () => own.pending === true;
  return (
    <button
      {...rest}
      type={own.type ?? 'button'}
      class={classOf(look)}
      aria-label={look.label}
      data-tooltip={look.label}
      data-keys={look.keys}
      disabled={own.disabled === true && !isPending()}
      aria-disabled={isPending() ? 'true' : undefined}
      aria-busy={isPending()}
      onClick={(event) => (isPending() ? event.preventDefault() : own.onClick?.(event))}
    >
      <Inside icon={look.icon}>{look.children}</Inside>
    </button>
  );
}

export function LinkButton(
  props: Look & { href: string; download?: boolean | string; children?: JSX.Element; class?: string },
) {
  const inside = () => <Inside icon={props.icon}>{props.children}</Inside>;
  return (
    <Show
      when={props.download === undefined}
      fallback={
        <a
          href={props.href}
          download={props.download === true ? '' : String(props.download)}
          rel="external"
          class={classOf(props)}
          aria-label={props.label}
          data-tooltip={props.label}
        >
          {inside()}
        </a>
      }
    >
      <A href={props.href} class={classOf(props)} aria-label={props.label} data-tooltip={props.label}>
        {inside()}
      </A>
    </Show>
  );
}
