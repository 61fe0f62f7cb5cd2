import ListX from 'lucide-solid/icons/list-x';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { plural } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';
import { type Line, lineName } from './line-words.ts';

const CancelAllJobs = graphql(`
  mutation CancelAllJobs($input: CancelAllJobsInput!) {
    cancelAllJobs(input: $input) {
      __typename
      ... on CancelAllJobsSuccess { jobs { cancelled stopping } }
      ... on UserError { message }
    }
  }
`);

const KEPT =
  'Of a job that had begun, checkpoints and images stay. Photos, LoRAs and finished images are not touched. A cancelled job never starts again by itself.';

/** Ends all that wait in a line; what runs goes on. */
export function CancelAllButton(props: { line: Line }) {
  const name = () => lineName(props.line.name).toLowerCase();
  const isOpen = () => can(props.line.name.startsWith('download.') ? 'ADMIN' : 'WRITE_JOBS');
  return (
    <Show when={isOpen() && props.line.queued > 0}>
      <AskAndCancel
        label={`Cancel all ${name()} that wait`}
        title={`Cancel ${plural(props.line.queued, 'waiting job')}?`}
        lost={`All ${name()} that wait are taken out of the line; what runs goes on.`}
        input={{ queue: props.line.name, includeRunning: false }}
      />
    </Show>
  );
}

/** Ends all that wait, and stops all that run. */
export function CancelEverythingButton(props: { queued: number; running: number }) {
  const downloads = () => (can('ADMIN') ? '' : ' Downloads go on: only owners end these.');
  return (
    <Show when={can('WRITE_JOBS') && props.queued + props.running > 0}>
      <AskAndCancel
        label="Cancel everything"
        title={`Cancel ${plural(props.queued + props.running, 'job')}?`}
        lost={`${plural(props.running, 'running job')} ${props.running === 1 ? 'saves what it has and stops' : 'save what they have and stop'}, and ${plural(props.queued, 'waiting job')} ${props.queued === 1 ? 'leaves' : 'leave'} the line.${downloads()}`}
        input={{ includeRunning: true }}
      />
    </Show>
  );
}

function AskAndCancel(props: {
  label: string;
  title: string;
  lost: string;
  input: { queue?: string; includeRunning: boolean };
}) {
  const action = createAction(CancelAllJobs);
  const [asking, setAsking] = createSignal(false);
  const cancel = async () => {
    const result = (await action.run({ input: props.input }))?.cancelAllJobs;
    setAsking(false);
    if (result === undefined) return;
    if (!('jobs' in result))
      return toast({ kind: 'bad', title: 'Nothing was cancelled', message: result.message });
    const { cancelled, stopping } = result.jobs;
    const title = `${plural(cancelled, 'waiting job')} cancelled`;
    toast({ kind: 'good', title: stopping === 0 ? title : `${title}, ${stopping} stopping` });
  };
  return (
    <>
      <Button kind="quiet" size="small" icon={ListX} onClick={() => setAsking(true)}>
        {props.label}
      </Button>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title={props.title}
        description={`${props.lost} ${KEPT}`}
        keep="Let them go on"
        confirm="Cancel them"
        pending={action.pending()}
        onConfirm={cancel}
      />
    </>
  );
}
