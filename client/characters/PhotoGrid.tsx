import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Each } from '../ui/Each.tsx';
import { ImageTile } from '../ui/ImageTile.tsx';
import styles from './PhotoGrid.module.css';

const Image = graphql(`
  fragment PhotoGrid_image on Image {
    id
    fileName
    thumbHash
    caption
    thumbnailUrl
  }
`);

/** All photos; one is selected, arrow keys walk. */
export function PhotoGrid(props: {
  photos: readonly ({ id: string } & FragmentType<typeof Image>)[];
  size: 'S' | 'M' | 'L';
  selectedId: string | null;
  onSelect: (id: string) => void;
}) {
  let list: HTMLUListElement | undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 'row', ArrowDown: 'row' }[event.key];
    if (step === undefined || list === undefined) return;
    const tiles = [...list.querySelectorAll('button')];
    const at = tiles.indexOf(document.activeElement as HTMLButtonElement);
    const first = tiles[0];
    if (at === -1 || first === undefined) return;
    const columns = tiles.filter((tile) => tile.offsetTop === first.offsetTop).length;
    const to = step === 'row' ? at + (event.key === 'ArrowDown' ? columns : -columns) : at + Number(step);
    const photo = props.photos[to];
    if (photo === undefined) return;
    event.preventDefault();
    tiles[to]?.focus();
    if (props.selectedId !== null) props.onSelect(photo.id);
  };
  return (
    <ul ref={list} class={styles.grid} data-size={props.size} onKeyDown={onKeyDown}>
      <Each each={props.photos}>
        {(photo) => {
          const image = () => useFragment(Image, photo());
          return (
            <li>
              <ImageTile
                src={image().thumbnailUrl}
                thumbHash={image().thumbHash}
                alt={image().caption ?? image().fileName}
                selected={props.selectedId === image().id}
                onOpen={() => props.onSelect(image().id)}
              />
            </li>
          );
        }}
      </Each>
    </ul>
  );
}
