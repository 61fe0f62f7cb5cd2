import { createUniqueId, type JSX, Show, splitProps } from 'solid-js';
import styles from './Field.module.css';

export type FieldProps = {
  label: string;
  help?: string;
  /** What is wrong and what is allowed. */
  error?: string | undefined;
  /** Beside the label: what differs, a count, a unit. */
  note?: JSX.Element;
  hideLabel?: boolean;
};

export const FIELD = ['label', 'help', 'error', 'note', 'hideLabel'] as const;

/** Label, control, help and error, tied together for screen readers. */
export function Frame(props: FieldProps & { id: string; children: JSX.Element }) {
  return (
    <div class={styles.field}>
      <div class={props.hideLabel === true ? 'srOnly' : styles.head}>
        <label class={styles.label} for={props.id}>
          {props.label}
        </label>
        <Show when={props.note}>
          <span class={styles.note}>{props.note}</span>
        </Show>
      </div>
      {props.children}
      <Show when={props.error} fallback={<Help id={props.id} help={props.help} />}>
        <p class={styles.error} id={`${props.id}-error`}>
          {props.error}
        </p>
      </Show>
    </div>
  );
}

function Help(props: { id: string; help?: string | undefined }) {
  return (
    <Show when={props.help}>
      <p class={styles.help} id={`${props.id}-help`}>
        {props.help}
      </p>
    </Show>
  );
}

export function describedBy(id: string, props: FieldProps): string | undefined {
  if (props.error !== undefined && props.error !== '') return `${id}-error`;
  return props.help === undefined ? undefined : `${id}-help`;
}

type InputProps = FieldProps &
  Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'id'> & { mono?: boolean; unit?: string | null };

export function TextField(props: InputProps) {
  const id = createUniqueId();
  const [field, own, rest] = splitProps(props, FIELD, ['mono', 'unit', 'class']);
  return (
    <Frame {...field} id={id}>
      <div class={styles.box}>
        <input
          {...rest}
          id={id}
          class={styles.input}
          classList={{ mono: own.mono === true }}
          aria-invalid={field.error !== undefined && field.error !== ''}
          aria-describedby={describedBy(id, field)}
        />
        <Show when={own.unit}>
          <span class={styles.unit}>{own.unit}</span>
        </Show>
      </div>
    </Frame>
  );
}

export function TextArea(props: FieldProps & Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'>) {
  const id = createUniqueId();
  const [field, own, rest] = splitProps(props, FIELD, ['class']);
  return (
    <Frame {...field} id={id}>
      <textarea
        {...rest}
        id={id}
        class={`${styles.input} ${styles.area} ${own.class ?? ''}`}
        aria-invalid={field.error !== undefined && field.error !== ''}
        aria-describedby={describedBy(id, field)}
      />
    </Frame>
  );
}

type Option = { value: string; label: string; unsupported?: string | null | undefined };

export function SelectField(
  props: FieldProps & {
    value: string;
    options: readonly Option[];
    onChange: (value: string) => void;
    disabled?: boolean;
  },
) {
  const id = createUniqueId();
  return (
    <Frame {...splitProps(props, FIELD)[0]} id={id}>
      <select
        id={id}
        class={styles.input}
        disabled={props.disabled}
        aria-invalid={props.error !== undefined && props.error !== ''}
        aria-describedby={describedBy(id, props)}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option
            value={option.value}
            selected={option.value === props.value}
            disabled={option.unsupported != null}
          >
            {option.unsupported == null ? option.label : `${option.label} (${option.unsupported})`}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function RangeField(
  props: FieldProps & {
    value: number;
    min: number;
    max: number;
    step: number;
    onInput: (value: number) => void;
    format?: (value: number) => string;
    disabled?: boolean;
  },
) {
  const id = createUniqueId();
  const text = () => props.format?.(props.value) ?? String(props.value);
  return (
    <Frame {...splitProps(props, FIELD)[0]} id={id} note={<output class="numbers">{text()}</output>}>
      <input
        id={id}
        class={styles.range}
        type="range"
        style={{ '--fill': `${((props.value - props.min) / (props.max - props.min)) * 100}%` }}
        min={props.min}
        max={props.max}
        step={props.step}
        value={props.value}
        disabled={props.disabled}
        aria-valuetext={text()}
        aria-describedby={describedBy(id, props)}
        onInput={(event) => props.onInput(event.currentTarget.valueAsNumber)}
      />
    </Frame>
  );
}

/** A switch; when it cannot be used, `unsupported` says why. */
export function SwitchField(props: {
  label: string;
  help?: string;
  checked: boolean;
  unsupported?: string | null;
  onChange: (checked: boolean) => void;
}) {
  const id = createUniqueId();
  return (
    <div class={styles.switchRow}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={props.checked}
        class={styles.switch}
        checked={props.checked}
        disabled={props.unsupported != null}
        aria-describedby={`${id}-help`}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <div>
        <label for={id} class={styles.label}>
          {props.label}
        </label>
        <p id={`${id}-help`} class={styles.help}>
          {props.unsupported ?? props.help}
        </p>
      </div>
    </div>
  );
}
