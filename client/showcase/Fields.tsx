import { createSignal } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import { CheckField } from '../ui/CheckField.tsx';
import { ChoiceCards } from '../ui/ChoiceCards.tsx';
import { RangeField, SelectField, SwitchField, TextArea, TextField } from '../ui/Field.tsx';
import { FileField } from '../ui/FileField.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { PasswordField } from '../ui/PasswordField.tsx';
import { SegmentedField } from '../ui/SegmentedField.tsx';
import styles from './Showcase.module.css';

const OPTIMIZERS = [
  { value: 'adamw', label: 'AdamW' },
  { value: 'adamw8bit', label: 'AdamW, 8 bit' },
  { value: 'prodigy', label: 'Prodigy', unsupported: 'not with this engine' },
];
const SIZES = [
  { value: 's', label: 'S' },
  { value: 'm', label: 'M' },
  { value: 'l', label: 'L' },
];
const PRESETS = [
  { value: 'quick', label: 'Quick', help: '500 steps, to see whether the photos are good.' },
  { value: 'quality', label: 'Quality', help: '2,000 steps, for what you keep.' },
];

export function Fields() {
  const [optimizer, setOptimizer] = createSignal('adamw');
  const [strength, setStrength] = createSignal(0.8);
  const [isOn, setOn] = createSignal(true);
  const [isChecked, setChecked] = createSignal(true);
  const [size, setSize] = createSignal('m');
  const [preset, setPreset] = createSignal('quick');
  return (
    <Card title="Fields">
      <div class={styles.two}>
        <TextField label="Name" value="Mara" help="What you call the character." />
        <TextField label="Trigger word" mono placeholder="mara_v" note="optional" />
        <TextField label="Learning rate" value="9" unit="per step" error="The most is 0.01." />
        <TextField label="Rank" value="16" disabled />
        <PasswordField label="Password" autocomplete="new-password" value="four words" />
        <SelectField label="Optimizer" value={optimizer()} options={OPTIMIZERS} onChange={setOptimizer} />
        <SelectField
          label="Scheduler"
          value="adamw"
          options={OPTIMIZERS}
          error="It needs more steps."
          onChange={() => undefined}
        />
        <RangeField
          label="Strength"
          value={strength()}
          min={0}
          max={2}
          step={0.05}
          onInput={setStrength}
          format={(value) => value.toFixed(2)}
        />
        <FileField label="LoRA file" accept=".safetensors" help="Up to 2 GB." onChoose={() => undefined} />
        <SegmentedField label="Size" value={size()} options={SIZES} onChange={setSize} help="Of the tiles." />
      </div>
      <TextArea label="Prompt" value="photo of mara_v in a forest" help="What is to be seen." />
      <TextArea label="Caption" value="" error="A caption has to say something." />
      <div class={styles.two}>
        <SwitchField label="Face detailer" help="Draws faces again." checked={isOn()} onChange={setOn} />
        <SwitchField
          label="Upscale"
          checked={false}
          unsupported="The model file is missing."
          onChange={() => undefined}
        />
        <CheckField
          label="Run jobs"
          help="Trainings and generations."
          checked={isChecked()}
          onChange={setChecked}
        />
        <CheckField label="Read" help="" checked fixed="Every key may read." onChange={() => undefined} />
      </div>
      <ChoiceCards label="Preset" value={preset()} options={PRESETS} onChange={setPreset} />
      <FormProblem message="The name is taken. Choose another one." />
    </Card>
  );
}
