import Columns2 from 'lucide-solid/icons/columns-2';
import Download from 'lucide-solid/icons/download';
import Heart from 'lucide-solid/icons/heart';
import HeartOff from 'lucide-solid/icons/heart-off';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import Trash from 'lucide-solid/icons/trash';
import X from 'lucide-solid/icons/x';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { formatCount, plural } from '../ui/format.ts';
import type { Selection } from '../ui/selection.ts';
import { type createOutputActions, MAX_CHOSEN } from './output-actions.ts';
import styles from './SelectionBar.module.css';

/** What can be done with what is chosen. Who may not change anything can compare and download. */
export function SelectionBar(props: {
  selection: Selection;
  actions: ReturnType<typeof createOutputActions>;
  inTrash: boolean;
  isFavourite: (id: string) => boolean;
  onCompare: (ids: string[]) => void;
}) {
  const [asking, setAsking] = createSignal(false);
  const ids = () => [...props.selection.ids()];
  const isTooMany = () => ids().length > MAX_CHOSEN;
  const isLoved = () => ids().every(props.isFavourite);
  const isOff = () => isTooMany() || props.actions.pending();
  const clearAfter = async (done: Promise<boolean>) => {
    if (await done) props.selection.clear();
  };
  return (
    <Show when={ids().length > 0}>
      <section class={styles.bar} aria-label="What is selected">
        <span class={`${styles.count} numbers`} role="status">
          {formatCount(ids().length)} selected
        </span>
        <Show when={!props.inTrash}>
          <Show when={can('WRITE_JOBS')}>
            <Button
              kind="quiet"
              icon={isLoved() ? HeartOff : Heart}
              disabled={isOff()}
              onClick={() => void props.actions.setFavourite(ids(), !isLoved())}
            >
              {isLoved() ? 'Not favourite' : 'Favourite'}
            </Button>
          </Show>
          <Button
            kind="quiet"
            icon={Columns2}
            disabled={ids().length < 2 || ids().length > 4}
            onClick={() => props.onCompare(ids())}
          >
            Compare
          </Button>
          <Button
            kind="quiet"
            icon={Download}
            disabled={isOff()}
            onClick={() => void props.actions.download(ids())}
          >
            ZIP
          </Button>
          <Show when={can('WRITE_JOBS')}>
            <Button
              kind="quiet"
              icon={Trash}
              disabled={isOff()}
              onClick={() => void clearAfter(props.actions.remove(ids()))}
            >
              Delete
            </Button>
          </Show>
        </Show>
        <Show when={props.inTrash && can('WRITE_JOBS')}>
          <Button
            kind="quiet"
            icon={RotateCcw}
            disabled={isOff()}
            onClick={() => void clearAfter(props.actions.restore(ids()))}
          >
            Restore
          </Button>
          <Button kind="quiet" icon={Trash} disabled={isOff()} onClick={() => setAsking(true)}>
            Delete for good
          </Button>
        </Show>
        <Button kind="quiet" icon={X} label="Select nothing" onClick={() => props.selection.clear()} />
        <Show when={isTooMany()}>
          <p class={styles.hint}>At most {MAX_CHOSEN} at once; select fewer.</p>
        </Show>
        <ConfirmDialog
          open={asking()}
          onClose={() => setAsking(false)}
          title={`Delete ${plural(ids().length, 'image')} for good?`}
          description="Their files go at once. This cannot be undone."
          confirm="Delete for good"
          pending={props.actions.pending()}
          onConfirm={() => {
            setAsking(false);
            void clearAfter(props.actions.purge(ids()));
          }}
        />
      </section>
    </Show>
  );
}
