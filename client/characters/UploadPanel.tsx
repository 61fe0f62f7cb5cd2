import Check from 'lucide-solid/icons/check';
import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleSlash from 'lucide-solid/icons/circle-slash';
import Copy from 'lucide-solid/icons/copy';
import LoaderCircle from 'lucide-solid/icons/loader-circle';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import X from 'lucide-solid/icons/x';
import { createEffect, createMemo, For, on, Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { plural } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import styles from './UploadPanel.module.css';
import type { Upload, UploadQueue, UploadState } from './upload-queue.ts';
import { sumUploads } from './upload-sum.ts';

const LOOK: Record<UploadState, { icon: typeof Check; words: string; tone: string }> = {
  waiting: { icon: LoaderCircle, words: 'Waiting', tone: 'muted' },
  sending: { icon: LoaderCircle, words: 'Sending', tone: 'accent' },
  accepted: { icon: Check, words: 'Added', tone: 'good' },
  duplicate: { icon: Copy, words: 'Already here', tone: 'muted' },
  rejected: { icon: CircleAlert, words: 'Not accepted', tone: 'bad' },
  failed: { icon: CircleAlert, words: 'Failed', tone: 'bad' },
  cancelled: { icon: CircleSlash, words: 'Cancelled', tone: 'muted' },
};

/** What is on its way and what came of it, file by file. */
export function UploadPanel(props: { queue: UploadQueue }) {
  const sum = createMemo(() => sumUploads(props.queue.uploads));
  createEffect(
    on(
      () => sum().open,
      (open, before) => {
        if (open === 0 && before !== undefined && before > 0) announce(sum().words);
      },
    ),
  );
  return (
    <Show when={props.queue.uploads.length > 0}>
      <section class={styles.panel} aria-label="Uploads">
        <header class={styles.head}>
          <strong class="numbers">
            {sum().open > 0 ? `Adding ${plural(sum().total, 'photo')}, ${sum().open} to go` : sum().words}
          </strong>
          <Show
            when={sum().open > 0}
            fallback={
              <Button size="small" kind="quiet" onClick={() => props.queue.clear()}>
                Clear
              </Button>
            }
          >
            <Button size="small" kind="quiet" onClick={() => props.queue.cancelAll()}>
              Cancel the rest
            </Button>
          </Show>
        </header>
        <Progress value={sum().fraction} max={1} label="Upload" tone={sum().open > 0 ? 'accent' : 'muted'} />
        <section class={styles.list} tabindex="0" aria-label="Files">
          <ul>
            <For
              each={props.queue.uploads.filter((upload) => upload.state !== 'accepted' || sum().total <= 12)}
            >
              {(upload) => <UploadRow upload={upload} queue={props.queue} />}
            </For>
          </ul>
        </section>
      </section>
    </Show>
  );
}

function UploadRow(props: { upload: Upload; queue: UploadQueue }) {
  const look = () => LOOK[props.upload.state];
  const words = () =>
    props.upload.state === 'sending'
      ? `${Math.round(props.upload.sent * 100)} %`
      : (props.upload.reason ?? look().words);
  const isOpen = () => props.upload.state === 'waiting' || props.upload.state === 'sending';
  const canRetry = () => props.upload.state === 'failed' || props.upload.state === 'cancelled';
  return (
    <li class={styles.row} data-tone={look().tone}>
      <Dynamic component={look().icon} size={16} aria-hidden="true" />
      <span class={styles.name}>{props.upload.name}</span>
      <span class={`${styles.words} numbers`}>{words()}</span>
      <Show when={isOpen()}>
        <Button
          kind="quiet"
          size="small"
          icon={X}
          label={`Cancel ${props.upload.name}`}
          onClick={() => props.queue.cancel(props.upload.id)}
        />
      </Show>
      <Show when={canRetry()}>
        <Button
          kind="quiet"
          size="small"
          icon={RotateCcw}
          label={`Try ${props.upload.name} again`}
          onClick={() => props.queue.retry(props.upload.id)}
        />
      </Show>
    </li>
  );
}
