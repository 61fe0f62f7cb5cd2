import { useNavigate } from '@solidjs/router';
import ChevronDown from 'lucide-solid/icons/chevron-down';
import ChevronUp from 'lucide-solid/icons/chevron-up';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import Square from 'lucide-solid/icons/square';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { JobKind, JobState } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { jobHref } from '../shell/job-link.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { CancelJobDialog } from './CancelJobDialog.tsx';
import styles from './JobActions.module.css';

const RetryJob = graphql(`
  mutation RetryJob($input: RetryJobInput!, $idempotencyKey: String) {
    retryJob(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on RetryJobSuccess { job { id kind } }
      ... on UserError { message }
    }
  }
`);

const MoveJob = graphql(`
  mutation MoveJob($input: MoveJobInput!) {
    moveJob(input: $input) {
      __typename
      ... on MoveJobSuccess { job { id place { position } } }
      ... on UserError { message }
    }
  }
`);

type Job = { id: string; kind: JobKind; state: JobState; title: string; step: number };

type Props = {
  job: Job;
  /** The waiting line, so that one knows before whom to move. */
  order: readonly string[];
};

export function JobActions(props: Props) {
  return (
    <div class={styles.actions}>
      <Show when={can('WRITE_JOBS')}>
        <Actions {...props} />
      </Show>
    </div>
  );
}

function Actions(props: Props) {
  const navigate = useNavigate();
  const retrying = createAction(RetryJob);
  const moving = createAction(MoveJob);
  const [asking, setAsking] = createSignal(false);
  /** Who may not start a download cannot end it or try it again either. */
  const mayDecide = () => props.job.kind !== 'DOWNLOAD' || can('ADMIN');
  const place = () => props.order.indexOf(props.job.id);

  const move = async (by: -1 | 1) => {
    // Down means before the one after the next; past the end there is none, and that is the end.
    const beforeJobId = props.order[by === -1 ? place() - 1 : place() + 2] ?? null;
    const { id, title } = props.job;
    const target = place() + 1 + by;
    const result = (await moving.run({ input: { jobId: id, beforeJobId } }))?.moveJob;
    if (result === undefined) return;
    if ('job' in result) announce(`${title} is now at place ${target}`);
    else toast({ kind: 'bad', title: 'It was not moved', message: result.message });
  };
  const retry = async () => {
    const result = (await retrying.run({ input: { jobId: props.job.id } }))?.retryJob;
    if (result === undefined) return;
    if ('job' in result) navigate(jobHref(result.job));
    else toast({ kind: 'bad', title: 'It was not started again', message: result.message });
  };

  return (
    <>
      <Show when={props.job.state === 'QUEUED' && place() !== -1}>
        <Button
          kind="quiet"
          size="small"
          icon={ChevronUp}
          label={`Move ${props.job.title} up`}
          disabled={place() === 0 || moving.pending()}
          onClick={() => move(-1)}
        />
        <Button
          kind="quiet"
          size="small"
          icon={ChevronDown}
          label={`Move ${props.job.title} down`}
          disabled={place() === props.order.length - 1 || moving.pending()}
          onClick={() => move(1)}
        />
      </Show>
      <Show when={mayDecide() && (props.job.state === 'QUEUED' || props.job.state === 'RUNNING')}>
        <Button
          kind="quiet"
          size="small"
          icon={Square}
          label={`Cancel ${props.job.title}`}
          onClick={() => setAsking(true)}
        />
        <CancelJobDialog
          open={asking()}
          job={props.job}
          consequence={consequenceOf(props.job)}
          onClose={() => setAsking(false)}
        />
      </Show>
      <Show when={mayDecide() && (props.job.state === 'FAILED' || props.job.state === 'CANCELLED')}>
        <Button size="small" icon={RotateCcw} pending={retrying.pending()} onClick={retry}>
          Try again
        </Button>
      </Show>
    </>
  );
}

function consequenceOf({ kind, step }: Job): string {
  if (step === 0) return 'It has not begun.';
  return kind === 'DOWNLOAD' ? 'What came so far is deleted.' : `It stops at step ${step}.`;
}
