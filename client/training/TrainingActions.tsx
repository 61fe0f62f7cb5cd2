import Play from 'lucide-solid/icons/play';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import Sparkles from 'lucide-solid/icons/sparkles';
import Square from 'lucide-solid/icons/square';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CancelJobDialog } from '../queue/CancelJobDialog.tsx';
import { Button, LinkButton } from '../ui/Button.tsx';
import { createTrainingAgain } from './training-again.ts';

const Training = graphql(`
  fragment TrainingActions_training on Training {
    id
    title
    state
    isCancelling
    step
    character { id }
    checkpoints { id step }
    lora { id name }
  }
`);

/** What can be done with the training as it is now, by who may: the useful one is the bright one. */
export function TrainingActions(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  const [asking, setAsking] = createSignal(false);
  const again = createTrainingAgain(() => training().id);
  const isOpen = () => training().state === 'QUEUED' || training().state === 'RUNNING';
  const hasStopped = () => training().state === 'FAILED' || training().state === 'CANCELLED';
  const checkpoint = () => training().checkpoints[0];
  const trainAgain = () => `/characters/${training().character?.id}/train?from=${training().id}`;

  return (
    <Show when={can('WRITE_JOBS')}>
      <Show when={isOpen()}>
        <Button icon={Square} disabled={training().isCancelling} onClick={() => setAsking(true)}>
          {training().isCancelling ? 'Stopping…' : 'Cancel'}
        </Button>
        <CancelJobDialog
          open={asking()}
          job={training()}
          consequence={
            training().step > 0
              ? `It stops at step ${training().step} and keeps its newest checkpoint, from which it can be resumed. No LoRA comes of it.`
              : 'It has not begun; nothing is lost.'
          }
          onClose={() => setAsking(false)}
        />
      </Show>
      <Show when={!isOpen() && training().character}>
        <LinkButton href={trainAgain()} icon={RotateCcw}>
          Train again
        </LinkButton>
      </Show>
      <Show when={hasStopped() ? checkpoint() : undefined}>
        {(found) => (
          <Button kind="primary" icon={Play} pending={again.pending()} onClick={again.resume}>
            Resume from step {found().step}
          </Button>
        )}
      </Show>
      <Show when={training().lora}>
        {(lora) => (
          <LinkButton kind="primary" icon={Sparkles} href={`/generate?lora=${lora().id}`}>
            Generate with {lora().name}
          </LinkButton>
        )}
      </Show>
    </Show>
  );
}
