import Eye from 'lucide-solid/icons/eye';
import EyeOff from 'lucide-solid/icons/eye-off';
import { createSignal, createUniqueId, type JSX, splitProps } from 'solid-js';
import styles from './Field.module.css';
import { describedBy, FIELD, type FieldProps, Frame } from './Field.tsx';

type Props = FieldProps &
  Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'id' | 'type' | 'class' | 'autocomplete'> & {
    /** What a password manager is to do: fill in the one that it knows, or make one up. */
    autocomplete: 'current-password' | 'new-password';
  };

/** A password, which can be looked at while it is typed. */
export function PasswordField(props: Props) {
  const id = createUniqueId();
  const [isShown, setIsShown] = createSignal(false);
  const [field, rest] = splitProps(props, FIELD);
  return (
    <Frame {...field} id={id}>
      <div class={styles.box}>
        <input
          {...rest}
          id={id}
          type={isShown() ? 'text' : 'password'}
          class={`${styles.input} ${styles.withButton}`}
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={field.error !== undefined && field.error !== ''}
          aria-describedby={describedBy(id, field)}
        />
        <button
          type="button"
          class={styles.inside}
          aria-label={`Show what is typed: ${field.label}`}
          aria-pressed={isShown()}
          title={isShown() ? 'Hide' : 'Show'}
          onClick={() => setIsShown(!isShown())}
        >
          {isShown() ? <EyeOff size={16} aria-hidden="true" /> : <Eye size={16} aria-hidden="true" />}
        </button>
      </div>
    </Frame>
  );
}
