import Pause from 'lucide-solid/icons/pause';
import Play from 'lucide-solid/icons/play';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { WorkerState } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { toast } from '../ui/toast.ts';

const DrainWorker = graphql(`
  mutation DrainWorker($input: DrainWorkerInput!) {
    drainWorker(input: $input) {
      __typename
      ... on DrainWorkerSuccess { worker { id state } }
      ... on UserError { message }
    }
  }
`);

const ResumeWorker = graphql(`
  mutation ResumeWorker($input: ResumeWorkerInput!) {
    resumeWorker(input: $input) {
      __typename
      ... on ResumeWorkerSuccess { worker { id state } }
      ... on UserError { message }
    }
  }
`);

type Worker = { id: string; host: string; state: WorkerState; currentJobs: readonly { title: string }[] };

/** Lets a worker finish and take no more, before its machine is turned off; and lets it take jobs again. */
export function DrainButton(props: { worker: Worker }) {
  const [asking, setAsking] = createSignal(false);
  const draining = createAction(DrainWorker);
  const resuming = createAction(ResumeWorker);
  const isDrained = () => props.worker.state === 'DRAINING' || props.worker.state === 'DRAINED';
  const told = (result: { __typename: string; message?: string } | undefined, done: string) => {
    if (result?.message !== undefined)
      toast({ kind: 'bad', title: 'The worker stays as it is', message: result.message });
    else if (result !== undefined) announce(done);
  };
  const drain = async () => {
    const result = (await draining.run({ input: { workerId: props.worker.id } }))?.drainWorker;
    setAsking(false);
    told(result, `${props.worker.host} takes no more jobs.`);
  };
  const resume = async () => {
    if (resuming.pending()) return;
    const result = (await resuming.run({ input: { workerId: props.worker.id } }))?.resumeWorker;
    told(result, `${props.worker.host} takes jobs again.`);
  };
  return (
    <Show when={can('ADMIN') && props.worker.state !== 'LOST'}>
      <Button
        size="small"
        icon={isDrained() ? Play : Pause}
        aria-busy={resuming.pending()}
        onClick={() => (isDrained() ? void resume() : setAsking(true))}
      >
        {isDrained() ? 'Resume' : 'Drain'} <span class="srOnly">{props.worker.host}</span>
      </Button>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title={`Drain ${props.worker.host}?`}
        description={`${whatOf(props.worker.currentJobs)} It takes no further job until it is resumed, so that its machine can be turned off. What waits is left to other workers.`}
        keep="Let it work"
        confirm="Drain it"
        pending={draining.pending()}
        onConfirm={drain}
      />
    </Show>
  );
}

/** What happens to what it has in hand. */
function whatOf(jobs: readonly { title: string }[]): string {
  if (jobs.length === 0) return 'It has nothing in hand.';
  const titles = new Intl.ListFormat('en').format(jobs.map(({ title }) => title));
  return `It finishes ${titles}; nothing is lost.`;
}
