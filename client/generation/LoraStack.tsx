import X from 'lucide-solid/icons/x';
import { For, Show } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { RangeField, SelectField } from '../ui/Field.tsx';
import { type LoraUse, MAX_LORAS } from './draft.ts';
import styles from './LoraStack.module.css';
import type { LoraOption } from './lora-option.ts';

/** Which LoRAs, and how strongly each. */
export function LoraStack(props: {
  uses: readonly LoraUse[];
  loras: readonly LoraOption[];
  onChange: (uses: LoraUse[]) => void;
}) {
  const loraOf = (id: string) => props.loras.find((lora) => lora.id === id);
  const free = () => props.loras.filter((lora) => !props.uses.some((use) => use.loraId === lora.id));
  const add = (loraId: string) => {
    if (loraId !== '') props.onChange([...props.uses, { loraId, strength: 0.8 }]);
  };
  return (
    <div class={styles.stack}>
      <For each={props.uses}>
        {(use) => (
          <div class={styles.use}>
            <RangeField
              label={loraOf(use.loraId)?.name ?? 'LoRA'}
              min={0}
              max={2}
              step={0.05}
              value={use.strength}
              format={(value) => value.toFixed(2)}
              onInput={(strength) =>
                props.onChange(
                  props.uses.map((other) =>
                    other.loraId === use.loraId ? { ...other, strength } : { ...other },
                  ),
                )
              }
            />
            <Button
              kind="quiet"
              size="small"
              icon={X}
              label={`Take ${loraOf(use.loraId)?.name ?? 'the LoRA'} out`}
              onClick={() => props.onChange(props.uses.filter((other) => other.loraId !== use.loraId))}
            />
          </div>
        )}
      </For>
      <Show when={props.uses.length < MAX_LORAS && free().length > 0}>
        <SelectField
          label={props.uses.length === 0 ? 'LoRA' : 'Another LoRA'}
          hideLabel={props.uses.length > 0}
          value=""
          options={[
            { value: '', label: props.uses.length === 0 ? 'None; choose one' : 'Add another LoRA' },
            ...free().map((lora) => ({
              value: lora.id,
              label: lora.character == null ? lora.name : `${lora.name} (${lora.character.name})`,
            })),
          ]}
          onChange={add}
        />
      </Show>
      <Show when={props.loras.length === 0}>
        <p class="muted small">No LoRA yet. Train a character, then generate it here.</p>
      </Show>
    </div>
  );
}
