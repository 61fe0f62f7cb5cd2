import { createMemo, For, Show } from 'solid-js';
import { useFragment } from '../gql/index.ts';
import { ParameterField, ParameterFields, type ParameterRef } from '../parameters/ParameterField.tsx';
import { type Parameter, problemOf, type Texts } from '../parameters/parameter.ts';
import styles from './ConfigForm.module.css';

type Props = {
  parameters: readonly ParameterRef[];
  texts: Texts;
  changed: readonly string[];
  onInput: (name: string, text: string) => void;
  onReset: (name: string) => void;
};

/** The engine's parameters in their groups; the advanced ones are folded away. */
export function ConfigForm(props: Props) {
  const described = createMemo(() =>
    props.parameters.map((ref) => ({ ref, about: useFragment(ParameterFields, ref) })),
  );
  const groups = (isAdvanced: boolean) => {
    const chosen = described().filter(({ about }) => about.isAdvanced === isAdvanced);
    return [...Map.groupBy(chosen, ({ about }) => about.group)].map(([name, fields]) => ({ name, fields }));
  };
  const simple = createMemo(() => groups(false));
  const advanced = createMemo(() => groups(true));
  const advancedNames = () => advanced().flatMap((group) => group.fields.map(({ about }) => about.name));
  const changedInside = () => advancedNames().filter((name) => props.changed.includes(name)).length;
  const isWrongInside = () =>
    described().some(
      ({ about }) =>
        about.isAdvanced &&
        about.unsupported == null &&
        problemOf(about as Parameter, props.texts[about.name] ?? '') !== undefined,
    );

  return (
    <form class={styles.form} onSubmit={(event) => event.preventDefault()}>
      <Groups {...props} groups={simple()} />
      <Show when={advanced().length > 0}>
        <details class={styles.advanced} open={isWrongInside()}>
          <summary class={styles.summary}>
            Advanced
            <Show when={changedInside() > 0}>
              <span class={styles.count}>{changedInside()} changed</span>
            </Show>
          </summary>
          <Groups {...props} groups={advanced()} />
        </details>
      </Show>
    </form>
  );
}

function Groups(
  props: Props & {
    groups: readonly { name: string; fields: readonly { ref: ParameterRef; about: { name: string } }[] }[];
  },
) {
  return (
    <For each={props.groups}>
      {(group) => (
        <fieldset class={styles.group}>
          <legend class={styles.legend}>{group.name}</legend>
          <div class={styles.fields}>
            <For each={group.fields}>
              {({ ref, about }) => (
                <ParameterField
                  parameter={ref}
                  text={props.texts[about.name] ?? ''}
                  differs={props.changed.includes(about.name)}
                  onInput={(text) => props.onInput(about.name, text)}
                  onReset={() => props.onReset(about.name)}
                />
              )}
            </For>
          </div>
        </fieldset>
      )}
    </For>
  );
}
