import { useNavigate } from '@solidjs/router';
import { useClient } from '@urql/solid';
import { createSignal } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { drawExamplePictures } from './example-pictures.ts';
import { uploadsOf } from './uploads.ts';

const CreateExample = graphql(`
  mutation CreateExample($input: CreateCharacterInput!, $idempotencyKey: String) {
    createCharacter(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateCharacterSuccess { character { id } }
      ... on TriggerWordTaken { character { id } }
      ... on UserError { message }
    }
  }
`);

/** A character to try with, from pictures that are drawn here: through the same door as anyone's photos. */
export function ExampleButton() {
  const client = useClient();
  const navigate = useNavigate();
  const create = createAction(CreateExample);
  const [drawing, setDrawing] = createSignal(false);

  const start = async () => {
    setDrawing(true);
    const data = await create.run({
      input: {
        name: 'Ember',
        triggerWord: 'ember fox',
        description:
          'An invented fox, drawn by this page: twelve pictures in varied light and pose, to try things with.',
      },
    });
    const result = data?.createCharacter;
    if (result !== undefined && 'character' in result) {
      if (result.__typename === 'CreateCharacterSuccess') {
        uploadsOf(client, result.character.id).queue.add(await drawExamplePictures());
      }
      navigate(`/characters/${result.character.id}`);
    } else if (result !== undefined) {
      toast({ kind: 'bad', title: 'The example was not made', message: result.message });
    }
    setDrawing(false);
  };

  return (
    <Button pending={drawing()} onClick={start}>
      {drawing() ? 'Drawing…' : 'Try it with example pictures'}
    </Button>
  );
}
