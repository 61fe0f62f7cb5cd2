import { For, Show } from 'solid-js';
import { useFragment } from '../gql/index.ts';
import { ParameterField, ParameterFields, type ParameterRef } from '../parameters/ParameterField.tsx';
import { defaultText, type Parameter } from '../parameters/parameter.ts';
import { SwitchField } from '../ui/Field.tsx';
import { needsReference, type ToggleDraft, takesMask } from './draft.ts';
import { ReferencePicker } from './ReferencePicker.tsx';
import styles from './Toggles.module.css';

const OFF: ToggleDraft = { on: false, texts: {}, reference: null };

/** What can be switched on, each with its own settings; what the engine cannot do says why. */
export function Toggles(props: {
  toggles: readonly {
    name: string;
    label: string;
    description: string;
    unsupported?: string | null;
    parameters: readonly ParameterRef[];
  }[];
  drafts: Record<string, ToggleDraft>;
  onChange: (name: string, toggle: ToggleDraft) => void;
}) {
  return (
    <div class={styles.toggles}>
      <For each={props.toggles}>
        {(toggle) => {
          const draft = () => props.drafts[toggle.name] ?? OFF;
          const isOn = () => draft().on && toggle.unsupported == null;
          const own = () =>
            toggle.parameters
              .map((ref) => ({ ref, about: useFragment(ParameterFields, ref) }))
              .filter(({ about }) => about.name !== 'reference');
          return (
            <div class={styles.toggle}>
              <SwitchField
                label={toggle.label}
                help={toggle.description}
                checked={isOn()}
                unsupported={toggle.unsupported ?? null}
                onChange={(on) => props.onChange(toggle.name, { ...draft(), on })}
              />
              <Show when={isOn()}>
                <div class={styles.settings}>
                  <Show when={needsReference(toggle.name)}>
                    <ReferencePicker
                      label={`Reference for ${toggle.label}`}
                      reference={draft().reference}
                      onChange={(reference) => props.onChange(toggle.name, { ...draft(), reference })}
                    />
                  </Show>
                  <Show when={takesMask(toggle.name)}>
                    <ReferencePicker
                      label={`Mask for ${toggle.label}`}
                      hint="Mask, if any: light becomes new"
                      reference={draft().mask ?? null}
                      onChange={(mask) => props.onChange(toggle.name, { ...draft(), mask })}
                      canRemove
                    />
                  </Show>
                  <For each={own()}>
                    {({ ref, about }) => (
                      <ParameterField
                        parameter={ref}
                        text={draft().texts[about.name] ?? defaultText(about as Parameter)}
                        onInput={(text) =>
                          props.onChange(toggle.name, {
                            ...draft(),
                            texts: { ...draft().texts, [about.name]: text },
                          })
                        }
                      />
                    )}
                  </For>
                </div>
              </Show>
            </div>
          );
        }}
      </For>
    </div>
  );
}
