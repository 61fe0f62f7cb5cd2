import { createSignal, For } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import { ImageTile } from '../ui/ImageTile.tsx';
import { Lightbox } from '../ui/Lightbox.tsx';
import styles from './Showcase.module.css';

const BLUR = '3OcRJYB4d3h/iIeHeEh3eIhw+j2w';
const PICTURES = [
  { url: '/icon.svg', alt: 'Loaded' },
  { url: '/icon.svg?2', alt: 'Selected' },
  { url: '/missing.png', alt: 'Not there' },
];

export function Pictures() {
  const [open, setOpen] = createSignal<number | null>(null);
  const picture = () => {
    const found = PICTURES[open() ?? -1];
    return found === undefined ? null : { ...found, thumbHash: BLUR, width: 512, height: 512 };
  };
  const walk = (direction: string) => {
    const next = (open() ?? 0) + (direction === 'right' ? 1 : -1);
    if (PICTURES[next] !== undefined) setOpen(next);
  };
  return (
    <Card title="Pictures">
      <div class={styles.tiles}>
        <For each={PICTURES}>
          {({ url, alt }, index) => (
            <ImageTile
              src={url}
              thumbHash={BLUR}
              alt={alt}
              selected={index() === 1}
              onOpen={() => setOpen(index())}
            />
          )}
        </For>
      </div>
      <Lightbox
        picture={picture()}
        title={picture()?.alt ?? ''}
        onClose={() => setOpen(null)}
        onWalk={walk}
        caption="512 × 512 · seed 8675309"
      />
    </Card>
  );
}
