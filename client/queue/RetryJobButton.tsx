import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { JobKind } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';

const RetryJob = graphql(`
  mutation RetryJob($input: RetryJobInput!, $idempotencyKey: String) {
    retryJob(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on RetryJobSuccess { job { id kind title } }
      ... on UserError { message }
    }
  }
`);

/** Puts a job that has ended in line again, as a new one. */
export function RetryJobButton(props: { job: { id: string; kind: JobKind; title: string } }) {
  const action = createAction(RetryJob);
  const retry = async () => {
    const result = (await action.run({ input: { jobId: props.job.id } }))?.retryJob;
    if (result === undefined) return;
    if ('job' in result) announce(`${result.job.title} is in line.`);
    else toast({ kind: 'bad', title: 'It was not started again', message: result.message });
  };
  return (
    <Show when={can(props.job.kind === 'DOWNLOAD' ? 'ADMIN' : 'WRITE_JOBS')}>
      <Button size="small" icon={RotateCcw} pending={action.pending()} onClick={retry}>
        Try again <span class="srOnly">{props.job.title}</span>
      </Button>
    </Show>
  );
}
