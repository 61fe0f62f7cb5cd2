import { createUniqueId, For } from 'solid-js';
import { SwitchField, TextArea, TextField } from '../ui/Field.tsx';
import { plural } from '../ui/format.ts';
import styles from './GridEditor.module.css';
import { type GridDraft, linesOf, seedsProblem, strengthsProblem } from './grid-draft.ts';
import type { LoraOption } from './lora-option.ts';

/** What varies between the images: each axis that is filled in multiplies them. */
export function GridEditor(props: {
  grid: GridDraft;
  /** Those that work with the base model. */
  loras: readonly LoraOption[];
  onChange: (change: Partial<GridDraft>) => void;
}) {
  const prompts = () => linesOf(props.grid.prompts).length;
  return (
    <div class={styles.editor}>
      <SwitchField
        label="Grid"
        help="Compare prompts, LoRAs, strengths and seeds side by side."
        checked={props.grid.on}
        onChange={(on) => props.onChange({ on })}
      />
      {props.grid.on && (
        <div class={styles.axes}>
          <TextArea
            label="Prompts of the grid"
            rows={3}
            placeholder={'{trigger} in a pine forest\n{trigger} on a beach'}
            note={prompts() === 0 ? 'optional' : plural(prompts(), 'prompt')}
            help="One per line, in place of the prompt above."
            value={props.grid.prompts}
            onInput={(event) => props.onChange({ prompts: event.currentTarget.value })}
          />
          <LoraAxis
            chosen={props.grid.loraIds}
            loras={props.loras}
            onChange={(loraIds) => props.onChange({ loraIds })}
          />
          <TextField
            label="Strengths of the first LoRA"
            note="optional"
            autocomplete="off"
            placeholder="0.4, 0.8, 1.2"
            help="From 0 to 2, with commas or spaces between them."
            error={strengthsProblem(props.grid.strengths)}
            value={props.grid.strengths}
            onInput={(event) => props.onChange({ strengths: event.currentTarget.value })}
          />
          <TextField
            label="Seeds of the grid"
            note="optional"
            autocomplete="off"
            placeholder="1, 2, 3"
            help="Left empty, all images have the same seed."
            error={seedsProblem(props.grid.seeds)}
            value={props.grid.seeds}
            onInput={(event) => props.onChange({ seeds: event.currentTarget.value })}
          />
        </div>
      )}
    </div>
  );
}

function LoraAxis(props: {
  chosen: readonly (string | null)[];
  loras: readonly LoraOption[];
  onChange: (loraIds: (string | null)[]) => void;
}) {
  const id = createUniqueId();
  const toggle = (loraId: string | null, isOn: boolean) =>
    props.onChange(
      isOn ? [...props.chosen, loraId] : props.chosen.filter((candidate) => candidate !== loraId),
    );
  return (
    <fieldset class={styles.loras} aria-describedby={id}>
      <legend class={styles.legend}>LoRAs of the grid</legend>
      <div class={styles.options}>
        <Option
          label="No LoRA"
          checked={props.chosen.includes(null)}
          onChange={(isOn) => toggle(null, isOn)}
        />
        <For each={props.loras}>
          {(lora) => (
            <Option
              label={lora.name}
              checked={props.chosen.includes(lora.id)}
              onChange={(isOn) => toggle(lora.id, isOn)}
            />
          )}
        </For>
      </div>
      <p class={styles.help} id={id}>
        They take turns in the place of the first LoRA.
      </p>
    </fieldset>
  );
}

function Option(props: { label: string; checked: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label class={styles.option}>
      <input
        type="checkbox"
        class={styles.check}
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
