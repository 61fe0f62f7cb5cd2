import { useNavigate } from '@solidjs/router';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { type JSX, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button, type IconType } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';

const RepeatGeneration = graphql(`
  mutation RepeatGeneration($input: RepeatGenerationInput!, $idempotencyKey: String) {
    repeatGeneration(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on RepeatGenerationSuccess { generation { id } }
      ... on UserError { message }
    }
  }
`);

/** The same batch once more, or with another seed. For who may start jobs. */
export function RepeatButton(props: {
  generationId: string;
  newSeed: boolean;
  icon?: IconType;
  small?: boolean;
  children: JSX.Element;
}) {
  const navigate = useNavigate();
  const action = createAction(RepeatGeneration);
  const repeat = async () => {
    const input = { generationId: props.generationId, newSeed: props.newSeed };
    const result = (await action.run({ input }))?.repeatGeneration;
    if (result === undefined) return;
    if ('generation' in result) navigate('/generate');
    else toast({ kind: 'bad', title: 'It was not started', message: result.message });
  };
  return (
    <Show when={can('WRITE_JOBS')}>
      <Button
        size={props.small === true ? 'small' : 'medium'}
        kind={props.small === true ? 'quiet' : 'plain'}
        icon={props.icon ?? RotateCcw}
        pending={action.pending()}
        onClick={repeat}
      >
        {props.children}
      </Button>
    </Show>
  );
}
