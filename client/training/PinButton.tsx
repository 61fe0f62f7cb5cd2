import Pin from 'lucide-solid/icons/pin';
import PinOff from 'lucide-solid/icons/pin-off';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';

const PinCheckpoint = graphql(`
  mutation PinCheckpoint($input: PinCheckpointInput!) {
    pinCheckpoint(input: $input) {
      __typename
      ... on PinCheckpointSuccess { training { id checkpoints { id isPinned } } }
      ... on UserError { message }
    }
  }
`);

const UnpinCheckpoint = graphql(`
  mutation UnpinCheckpoint($input: UnpinCheckpointInput!) {
    unpinCheckpoint(input: $input) {
      __typename
      ... on UnpinCheckpointSuccess { training { id checkpoints { id isPinned } } }
      ... on UserError { message }
    }
  }
`);

/** Keeps a checkpoint that newer ones would push out, or lets it go. */
export function PinButton(props: { checkpoint: { id: string; step: number; isPinned: boolean } }) {
  const pin = createAction(PinCheckpoint);
  const unpin = createAction(UnpinCheckpoint);
  const toggle = async () => {
    const { id, step, isPinned } = props.checkpoint;
    const input = { input: { checkpointId: id } };
    const result = isPinned
      ? (await unpin.run(input))?.unpinCheckpoint
      : (await pin.run(input))?.pinCheckpoint;
    if (result === undefined) return;
    if ('message' in result)
      toast({ kind: 'bad', title: 'The checkpoint is as it was', message: result.message });
    else announce(isPinned ? `Step ${step} is kept no longer than others.` : `Step ${step} is kept.`);
  };
  return (
    <Show when={can('WRITE_JOBS')}>
      <Button
        kind="quiet"
        size="small"
        icon={props.checkpoint.isPinned ? PinOff : Pin}
        label={
          props.checkpoint.isPinned
            ? `Let the checkpoint of step ${props.checkpoint.step} go with the old ones`
            : `Keep the checkpoint of step ${props.checkpoint.step}`
        }
        pending={pin.pending() || unpin.pending()}
        onClick={toggle}
      />
    </Show>
  );
}
