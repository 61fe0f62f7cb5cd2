import X from 'lucide-solid/icons/x';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { JobKind } from '../gql/graphql.ts';
import { Button } from '../ui/Button.tsx';
import { CancelJobDialog } from './CancelJobDialog.tsx';

type Job = { id: string; kind: JobKind; title: string; step: number };

/** For who may end it: who may not start a download cannot end it either. */
export function CancelJobButton(props: { job: Job; disabled?: boolean }) {
  const [asking, setAsking] = createSignal(false);
  return (
    <Show when={can(props.job.kind === 'DOWNLOAD' ? 'ADMIN' : 'WRITE_JOBS')}>
      <Button
        kind="quiet"
        size="small"
        icon={X}
        label={`Cancel ${props.job.title}`}
        disabled={props.disabled ?? false}
        onClick={() => setAsking(true)}
      />
      <CancelJobDialog
        open={asking()}
        job={props.job}
        consequence={consequenceOf(props.job)}
        onClose={() => setAsking(false)}
      />
    </Show>
  );
}

function consequenceOf({ kind, step }: Job): string {
  if (step === 0) return 'It has not begun.';
  return kind === 'DOWNLOAD' ? 'What came so far is deleted.' : `It stops at step ${step}.`;
}
