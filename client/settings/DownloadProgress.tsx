import X from 'lucide-solid/icons/x';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CancelJobDialog } from '../queue/CancelJobDialog.tsx';
import { stepsWord } from '../shell/job-steps.ts';
import { Button } from '../ui/Button.tsx';
import { formatBytes, formatEta } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import styles from './Models.module.css';
import { downloadWord } from './models.ts';

const MEGABYTE = 1e6;

const Download = graphql(`
  fragment DownloadProgress_download on Download {
    id
    kind
    title
    state
    stage
    isCancelling
    step
    steps
    stepsPerSecond
    eta { seconds lowSeconds highSeconds }
    place { position waitsFor { reason message } }
  }
`);

export function DownloadProgress(props: { download: FragmentType<typeof Download>; label: string }) {
  const job = () => useFragment(Download, props.download);
  const [asking, setAsking] = createSignal(false);
  const isMoving = () => job().stage === 'DOWNLOADING' && !job().isCancelling;
  return (
    <div class={styles.download}>
      <div class={styles.progress}>
        <span class={styles.word}>{downloadWord(job())}</span>
        <Progress value={job().step} max={job().steps} label={`${props.label}, megabytes`} />
        <span class={`${styles.numbers} numbers`}>
          {stepsWord(job())}
          <Show when={isMoving() && job().stepsPerSecond}>
            {(megabytes) => <> · {formatBytes(megabytes() * MEGABYTE)}/s</>}
          </Show>
          <Show when={isMoving() && job().eta}>{(eta) => <> · {formatEta(eta())}</>}</Show>
        </span>
      </div>
      <Show when={can('ADMIN')}>
        <Button
          kind="quiet"
          icon={X}
          label={`Cancel the download of ${props.label}`}
          disabled={job().isCancelling}
          onClick={() => setAsking(true)}
        />
        <CancelJobDialog
          open={asking()}
          job={job()}
          consequence={job().step > 0 ? 'What came so far is deleted.' : 'It has not begun.'}
          onClose={() => setAsking(false)}
        />
      </Show>
    </div>
  );
}
