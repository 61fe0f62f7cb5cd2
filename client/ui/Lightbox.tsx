import { Dialog as Kobalte } from '@kobalte/core/dialog';
import ChevronLeft from 'lucide-solid/icons/chevron-left';
import ChevronRight from 'lucide-solid/icons/chevron-right';
import X from 'lucide-solid/icons/x';
import { type JSX, Show } from 'solid-js';
import { Button } from './Button.tsx';
import { Picture } from './ImageTile.tsx';
import styles from './Lightbox.module.css';
import { createReturnFocus } from './return-focus.ts';

type LightboxPicture = { url: string; thumbHash: string; alt: string; width: number; height: number };

/** One picture over the whole page. Arrow keys walk: sideways always, up and down where there are rows. */
export function Lightbox(props: {
  picture: LightboxPicture | null;
  title: string;
  onClose: () => void;
  /** Whether there is a next one in this direction is for the caller to know. */
  onWalk: (direction: 'left' | 'right' | 'up' | 'down') => void;
  caption?: JSX.Element;
}) {
  const returnFocus = createReturnFocus(() => props.picture !== null);
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;
    const walk = direction[event.key as keyof typeof direction];
    if (walk === undefined) return;
    event.preventDefault();
    props.onWalk(walk);
  };
  return (
    <Kobalte open={props.picture !== null} onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Kobalte.Portal>
        <Kobalte.Content class={styles.lightbox} onKeyDown={onKeyDown} onCloseAutoFocus={returnFocus}>
          <header class={styles.bar}>
            <Kobalte.Title class={styles.title}>{props.title}</Kobalte.Title>
            <Button kind="quiet" icon={X} label="Close" onClick={() => props.onClose()} />
          </header>
          <div class={styles.stage}>
            <Button kind="quiet" icon={ChevronLeft} label="Previous" onClick={() => props.onWalk('left')} />
            <Show when={props.picture}>
              {(picture) => (
                <Picture
                  src={picture().url}
                  thumbHash={picture().thumbHash}
                  alt={picture().alt}
                  fit="contain"
                  eager
                />
              )}
            </Show>
            <Button kind="quiet" icon={ChevronRight} label="Next" onClick={() => props.onWalk('right')} />
          </div>
          <footer class={styles.caption}>{props.caption}</footer>
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte>
  );
}
