import { useNavigate } from '@solidjs/router';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';
import { ConfigFields } from './config-fields.ts';
import { StartTraining } from './start-training.ts';
import { changesOf, wordsOf } from './suggestion.ts';

const Training = graphql(`
  fragment FixButton_training on Training {
    id
    preset
    baseModel
    character { id }
    config { ...TrainingConfigFields }
    error {
      suggestion {
        steps
        learningRate
        batchSize
        resolution
        rank
        alpha
        optimizer
        precision
        gradientAccumulation
        sampleEvery
        checkpointEvery
        keepCheckpoints
      }
    }
  }
`);

/** Starts the training again with what the engine suggests after its failure; nothing when it suggests nothing. */
export function FixButton(props: { training: FragmentType<typeof Training> }) {
  const navigate = useNavigate();
  const training = () => useFragment(Training, props.training);
  const start = createAction(StartTraining);
  const suggestion = () => training().error?.suggestion ?? undefined;

  const fix = async () => {
    const { character, baseModel, preset, config } = training();
    if (character == null) return;
    const data = await start.run({
      input: {
        characterId: character.id,
        baseModel,
        preset,
        config: { ...changesOf(useFragment(ConfigFields, config)), ...changesOf(suggestion() ?? {}) },
      },
    });
    const result = data?.startTraining;
    if (result === undefined) return;
    if ('training' in result) navigate(`/trainings/${result.training.id}`);
    else toast({ kind: 'bad', title: 'The training was not started', message: result.message });
  };

  return (
    <Show when={can('WRITE_JOBS') && training().character != null ? suggestion() : undefined}>
      {(found) => (
        <Button kind="primary" icon={RotateCcw} pending={start.pending()} onClick={fix}>
          Train again {wordsOf(found())}
        </Button>
      )}
    </Show>
  );
}
