import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { Match, Show, Switch } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button } from '../ui/Button.tsx';
import { SelectField, SwitchField, TextArea, TextField } from '../ui/Field.tsx';
import styles from './ParameterField.module.css';
import { type Parameter, problemOf, rangeOf } from './parameter.ts';

export const ParameterFields = graphql(`
  fragment ParameterField_parameter on Parameter {
    __typename
    name
    label
    description
    group
    isAdvanced
    unit
    unsupported
    ... on NumberParameter { isInteger minimum maximum step defaultNumber }
    ... on ChoiceParameter { defaultChoice options { value label unsupported } }
    ... on BooleanParameter { defaultBoolean }
    ... on TextParameter { maxLength defaultText }
  }
`);

export type ParameterRef = FragmentType<typeof ParameterFields>;

/** One field as its engine describes it. `differs` marks what is not as in the preset, and offers to put it back. */
export function ParameterField(props: {
  parameter: ParameterRef;
  text: string;
  differs?: boolean;
  onInput: (text: string) => void;
  onReset?: () => void;
}) {
  const parameter = () => useFragment(ParameterFields, props.parameter);
  const problem = () => problemOf(parameter() as Parameter, props.text);
  const help = () => parameter().unsupported ?? parameter().description;
  const note = () => (
    <Show when={props.differs === true} fallback={rangeOf(parameter() as Parameter)}>
      <span class={styles.differs}>
        changed
        <Show when={props.onReset}>
          {(reset) => (
            <Button
              kind="quiet"
              size="small"
              icon={RotateCcw}
              label={`Put ${parameter().label} back to the preset`}
              onClick={() => reset()()}
            />
          )}
        </Show>
      </span>
    </Show>
  );
  const number = () => {
    const found = parameter();
    return found.__typename === 'NumberParameter' ? found : undefined;
  };
  const choice = () => {
    const found = parameter();
    return found.__typename === 'ChoiceParameter' ? found : undefined;
  };

  return (
    <div class={styles.field} data-differs={props.differs === true}>
      <Switch>
        <Match when={number()}>
          {(found) => (
            <TextField
              label={found().label}
              help={help()}
              note={note()}
              unit={found().unit ?? null}
              inputmode={found().isInteger ? 'numeric' : 'decimal'}
              autocomplete="off"
              value={props.text}
              error={problem()}
              disabled={found().unsupported != null}
              onInput={(event) => props.onInput(event.currentTarget.value)}
            />
          )}
        </Match>
        <Match when={choice()}>
          {(found) => (
            <SelectField
              label={found().label}
              help={help()}
              note={note()}
              value={props.text}
              error={problem()}
              options={found().options}
              disabled={found().unsupported != null}
              onChange={props.onInput}
            />
          )}
        </Match>
        <Match when={parameter().__typename === 'BooleanParameter'}>
          <SwitchField
            label={parameter().label}
            help={parameter().description}
            checked={props.text === 'true'}
            unsupported={parameter().unsupported ?? null}
            onChange={(checked) => props.onInput(String(checked))}
          />
        </Match>
        <Match when={parameter().__typename === 'TextParameter'}>
          <TextArea
            label={parameter().label}
            help={help()}
            note={note()}
            rows={3}
            value={props.text}
            error={problem()}
            disabled={parameter().unsupported != null}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
        </Match>
      </Switch>
    </div>
  );
}
