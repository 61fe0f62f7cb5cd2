import Dices from 'lucide-solid/icons/dices';
import Lock from 'lucide-solid/icons/lock';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import { seedProblem } from './draft.ts';
import styles from './SeedField.module.css';

/** Random, or locked to one seed. */
export function SeedField(props: {
  seed: string;
  isLocked: boolean;
  onChange: (seed: string, isLocked: boolean) => void;
}) {
  return (
    <div class={styles.row}>
      <TextField
        label="Seed"
        inputmode="numeric"
        autocomplete="off"
        mono
        placeholder="Random"
        value={props.isLocked ? props.seed : ''}
        error={seedProblem({ seed: props.seed, isSeedLocked: props.isLocked })}
        onInput={(event) => props.onChange(event.currentTarget.value, event.currentTarget.value !== '')}
      />
      <Button
        kind={props.isLocked ? 'plain' : 'quiet'}
        icon={props.isLocked ? Lock : Dices}
        label={props.isLocked ? 'Seed locked. Make it random' : 'Seed random. Lock one'}
        onClick={() =>
          props.isLocked
            ? props.onChange(props.seed, false)
            : props.onChange(
                props.seed === '' ? String(Math.floor(Math.random() * 2 ** 32)) : props.seed,
                true,
              )
        }
      />
    </div>
  );
}
