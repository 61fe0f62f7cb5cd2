import { RangeField } from '../ui/Field.tsx';
import { formatCount } from '../ui/format.ts';
import styles from './StepSlider.module.css';

/** Goes along the steps that have samples; `null` is the newest, also when newer ones come. */
export function StepSlider(props: {
  steps: readonly number[];
  step: number | null;
  onChange: (step: number | null) => void;
}) {
  const last = () => props.steps.length - 1;
  const place = () => (props.step === null ? last() : props.steps.indexOf(props.step));
  return (
    <div class={styles.slider}>
      <RangeField
        label="Step"
        min={0}
        max={last()}
        step={1}
        value={place()}
        format={(index) => formatCount(props.steps[index] ?? 0)}
        onInput={(index) => props.onChange(index === last() ? null : (props.steps[index] ?? null))}
      />
    </div>
  );
}
