import { createMemo, createSignal, type JSX, Show } from 'solid-js';
import styles from './ImageTile.module.css';
import { attempt } from './picture-attempts.ts';
import { placeholder } from './placeholder.ts';

/** A picture that is a blur of itself until it has loaded. It keeps its room from the start. */
export function Picture(props: {
  src: string;
  thumbHash?: string | null;
  alt: string;
  width?: number;
  height?: number;
  fit?: 'cover' | 'contain';
  eager?: boolean;
}) {
  const [loaded, setLoaded] = createSignal<string | null>(null);
  const [broken, setBroken] = createSignal<{ src: string | null; attempt: number } | null>(null);
  const isBroken = () => broken()?.src === props.src && broken()?.attempt === attempt();
  const blur = createMemo(() => placeholder(props.thumbHash));
  return (
    <span class={styles.picture} data-fit={props.fit ?? 'cover'}>
      <Show when={blur()}>
        {(url) => (
          <img class={styles.blur} src={url()} alt="" aria-hidden="true" data-gone={loaded() === props.src} />
        )}
      </Show>
      <Show when={!isBroken()} fallback={<span class={styles.broken}>The picture is not there</span>}>
        <img
          class={styles.image}
          src={props.src}
          alt={props.alt}
          width={props.width}
          height={props.height}
          loading={props.eager === true ? 'eager' : 'lazy'}
          decoding="async"
          data-loaded={loaded() === props.src}
          // The element's own address: it may load after this component is gone, and props then lead nowhere.
          onLoad={(event) => setLoaded(event.currentTarget.getAttribute('src'))}
          onError={(event) => setBroken({ src: event.currentTarget.getAttribute('src'), attempt: attempt() })}
        />
      </Show>
    </span>
  );
}

/** A square in a grid that one can open. What it is called is what `alt` says. */
export function ImageTile(props: {
  src: string;
  thumbHash?: string | null;
  alt: string;
  selected?: boolean;
  onOpen: () => void;
  children?: JSX.Element;
}) {
  return (
    <button
      type="button"
      class={styles.tile}
      aria-current={props.selected === true ? 'true' : undefined}
      onClick={() => props.onOpen()}
    >
      <Picture src={props.src} thumbHash={props.thumbHash ?? null} alt={props.alt} />
      {props.children}
    </button>
  );
}
