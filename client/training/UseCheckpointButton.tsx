import { useNavigate } from '@solidjs/router';
import Sparkles from 'lucide-solid/icons/sparkles';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { UseLoraLink } from './UseLoraLink.tsx';

const CreateLora = graphql(`
  mutation CreateLora($input: CreateLoraInput!, $idempotencyKey: String) {
    createLora(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateLoraSuccess {
        lora {
          id
          name
          training { id checkpoints { id lora { id } } }
          character { id loraCount newestLora { id } }
        }
      }
      ... on UserError { message }
    }
  }
`);

/** Goes to generate with a checkpoint, which becomes a LoRA of its own for it. */
export function UseCheckpointButton(props: {
  checkpoint: { id: string; step: number; lora?: { id: string } | null };
}) {
  const navigate = useNavigate();
  const create = createAction(CreateLora);
  const use = async () => {
    const result = (await create.run({ input: { checkpointId: props.checkpoint.id } }))?.createLora;
    if (result === undefined) return;
    if ('message' in result)
      return toast({ kind: 'bad', title: 'The checkpoint did not become a LoRA', message: result.message });
    toast({ kind: 'good', title: `Step ${props.checkpoint.step} is ${result.lora.name} now` });
    navigate(`/generate?lora=${result.lora.id}`);
  };
  const label = () => `Generate with step ${props.checkpoint.step}`;
  return (
    <Show
      when={props.checkpoint.lora}
      fallback={
        <Show when={can('WRITE_JOBS') && can('WRITE_LORAS')}>
          <Button
            kind="quiet"
            size="small"
            icon={Sparkles}
            label={label()}
            pending={create.pending()}
            onClick={use}
          />
        </Show>
      }
    >
      {(lora) => <UseLoraLink id={lora().id} label={label()} />}
    </Show>
  );
}
