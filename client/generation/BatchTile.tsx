import { A } from '@solidjs/router';
import { Match, Switch } from 'solid-js';
import { Picture } from '../ui/ImageTile.tsx';
import styles from './BatchTile.module.css';

/** First its room, then a preview that sharpens, then the image, which opens. */
export function BatchTile(props: {
  index: number;
  prompt: string;
  ratio: number;
  output?: { id: string; thumbHash: string; thumbnailUrl: string } | undefined;
  previewUrl?: string | undefined;
  isRemoved: boolean;
  isRunning: boolean;
}) {
  return (
    <div class={styles.tile} style={{ 'aspect-ratio': props.ratio }}>
      <Switch
        fallback={
          <span class={styles.waiting} data-running={props.isRunning}>
            <span class="srOnly">Image {props.index + 1} is not made yet</span>
          </span>
        }
      >
        <Match when={props.output}>
          {(output) => (
            <A href={`/outputs/${output().id}`} class={styles.link}>
              <Picture
                src={output().thumbnailUrl}
                thumbHash={output().thumbHash}
                alt={`Image ${props.index + 1}: ${props.prompt}`}
              />
            </A>
          )}
        </Match>
        <Match when={props.isRemoved}>
          <span class={styles.removed}>Image {props.index + 1} was deleted</span>
        </Match>
        <Match when={props.previewUrl}>
          {(url) => (
            <img class={styles.preview} src={url()} alt={`Number ${props.index + 1}, still being made`} />
          )}
        </Match>
      </Switch>
    </div>
  );
}
