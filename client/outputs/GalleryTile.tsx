import Check from 'lucide-solid/icons/check';
import Heart from 'lucide-solid/icons/heart';
import { Show } from 'solid-js';
import { Picture } from '../ui/ImageTile.tsx';
import styles from './GalleryTile.module.css';
import type { GalleryItem } from './galleries.ts';

/** An image that opens, and can be chosen by its mark. One of them at a time is on the way of the Tab key. */
export function GalleryTile(props: {
  id: string;
  item: GalleryItem | undefined;
  href: string;
  isLarge: boolean;
  isActive: boolean;
  isSelected: boolean;
  isChoosing: boolean;
  onFocus: () => void;
  onMark: (isRange: boolean) => void;
}) {
  const name = () => props.item?.prompt ?? 'Image';
  const onClick = (event: MouseEvent) => {
    // Once something is chosen, a click chooses; with a key it chooses from the start, as files are chosen.
    if (!props.isChoosing && !event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    props.onMark(event.shiftKey);
  };
  return (
    <div class={styles.tile} data-selected={props.isSelected} data-choosing={props.isChoosing}>
      {/* The router takes clicks on plain links, too; a component of its own for each tile costs as much as the tile. */}
      <a
        href={props.href}
        class={styles.link}
        data-output={props.id}
        tabindex={props.isActive ? 0 : -1}
        onFocus={() => props.onFocus()}
        onClick={onClick}
        draggable={false}
      >
        <Show when={props.item} fallback={<span class="srOnly">Image</span>}>
          {(item) => (
            <Picture
              src={props.isLarge ? item().largeUrl : item().thumbnailUrl}
              thumbHash={item().thumbHash}
              alt={item().prompt}
              eager
            />
          )}
        </Show>
      </a>
      <button
        type="button"
        class={styles.mark}
        aria-pressed={props.isSelected}
        aria-label={`Select: ${name().slice(0, 80)}`}
        tabindex={props.isActive ? 0 : -1}
        onClick={(event) => props.onMark(event.shiftKey)}
      >
        <Check size={16} aria-hidden="true" />
      </button>
      <Show when={props.item?.isFavourite}>
        <span class={styles.heart}>
          <Heart size={16} aria-hidden="true" />
          <span class="srOnly">Favourite</span>
        </span>
      </Show>
    </div>
  );
}
