import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { formatUntil } from '../ui/format.ts';
import styles from './OutputPage.module.css';
import { createOutputActions } from './output-actions.ts';

const Output = graphql(`
  fragment InTrash_output on Output { id deletedAt }
`);

const KEPT_MS = 30 * 86_400_000;

/** That an image was deleted, until when it can be taken back, and how. */
export function InTrash(props: {
  output: FragmentType<typeof Output>;
  onGone: () => void;
  onRestored: () => void;
}) {
  const output = () => useFragment(Output, props.output);
  const actions = createOutputActions();
  const [asking, setAsking] = createSignal(false);
  const goesAt = () => new Date(new Date(output().deletedAt ?? 0).getTime() + KEPT_MS);
  const restore = async () => {
    if (await actions.restore([output().id])) props.onRestored();
  };
  const purge = async () => {
    if (!(await actions.purge([output().id]))) return;
    setAsking(false);
    props.onGone();
  };
  return (
    <section class={styles.trash} aria-label="Trash">
      <p>This image is in the trash. It goes for good {formatUntil(goesAt())}.</p>
      <Show when={can('WRITE_JOBS')}>
        <div class={styles.buttons}>
          <Button icon={RotateCcw} pending={actions.pending()} onClick={() => void restore()}>
            Restore
          </Button>
          <Button kind="danger" onClick={() => setAsking(true)}>
            Delete for good
          </Button>
        </div>
      </Show>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title="Delete this image for good?"
        description="Its file goes at once. This cannot be undone."
        confirm="Delete for good"
        pending={actions.pending()}
        onConfirm={() => void purge()}
      />
    </section>
  );
}
