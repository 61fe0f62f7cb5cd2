import { createSignal, For, onCleanup, onMount, Show } from 'solid-js';
import { keysOf } from './keys.ts';
import styles from './Tooltip.module.css';

const HOVER_MS = 400;
const GAP = 6;
const EDGE = 8;

type Shown = { target: HTMLElement; text: string; keys: string | undefined };

/**
 * What an icon means, for those who look: `data-tooltip`, and `data-keys` where a shortcut does the same. It says again what the
 * element is called, so screen readers do not hear it. One for the page instead of a Kobalte tooltip each: a gallery has hundreds of
 * icon buttons, and these would each bring a popper and its listeners.
 */
export function Tooltip() {
  let bubble: HTMLDivElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const [shown, setShown] = createSignal<Shown | null>(null);
  const hide = () => {
    clearTimeout(timer);
    setShown(null);
  };
  const show = (target: HTMLElement, wait: number) => {
    if (shown()?.target === target) return;
    hide();
    const { tooltip: text, keys } = target.dataset;
    if (text === undefined || hasVisibleLabel(target)) return;
    timer = setTimeout(() => {
      if (!target.isConnected) return;
      setShown({ target, text, keys });
      if (bubble !== undefined) place(bubble, target);
    }, wait);
  };

  onMount(() => {
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener(
      'pointerover',
      (event) => {
        if (event.pointerType === 'touch') return;
        const target = targetOf(event.target);
        // One may go on to the bubble itself, as one who enlarges the screen has to.
        if (target === null && bubble?.contains(event.target as Node) !== true) hide();
        else if (target !== null) show(target, HOVER_MS);
      },
      { signal },
    );
    document.addEventListener(
      'focusin',
      (event) => {
        const target = targetOf(event.target);
        if (target?.matches(':focus-visible')) show(target, 0);
        else hide();
      },
      { signal },
    );
    document.addEventListener('focusout', hide, { signal });
    document.addEventListener('pointerdown', hide, { signal });
    document.addEventListener('scroll', hide, { signal, capture: true, passive: true });
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape') hide();
      },
      { signal, capture: true },
    );
    onCleanup(() => listening.abort());
  });
  onCleanup(() => clearTimeout(timer));

  return (
    <div
      ref={bubble}
      class={styles.bubble}
      data-shown={shown() !== null}
      data-kb-top-layer=""
      aria-hidden="true"
    >
      <Show when={shown()}>
        {(what) => (
          <>
            {what().text}
            <For each={keysOf(what().keys ?? '')}>{(key) => <kbd class={styles.key}>{key}</kbd>}</For>
          </>
        )}
      </Show>
    </div>
  );
}

const targetOf = (from: EventTarget | null) =>
  from instanceof Element ? from.closest<HTMLElement>('[data-tooltip]') : null;

/** Some have a label beside the icon as long as there is room for it. */
function hasVisibleLabel(target: HTMLElement): boolean {
  const label = target.querySelector<HTMLElement>('[data-label]');
  return label !== null && label.offsetWidth > 1;
}

/** Below, or above where there is no room, or beside with `data-tooltip-side="right"`; always on the screen. */
function place(bubble: HTMLElement, target: HTMLElement) {
  const { left, right, top, bottom, width, height } = target.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = bubble;
  if (target.dataset.tooltipSide === 'right') {
    bubble.style.left = `${Math.round(right + EDGE)}px`;
    bubble.style.top = `${Math.round(top + height / 2 - offsetHeight / 2)}px`;
    return;
  }
  const most = document.documentElement.clientWidth - offsetWidth - EDGE;
  const x = Math.max(EDGE, Math.min(left + width / 2 - offsetWidth / 2, most));
  const fits = bottom + GAP + offsetHeight + EDGE <= window.innerHeight;
  bubble.style.left = `${Math.round(x)}px`;
  bubble.style.top = `${Math.round(fits ? bottom + GAP : top - GAP - offsetHeight)}px`;
}
