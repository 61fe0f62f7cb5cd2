import { createUniqueId, onCleanup, onMount, splitProps } from 'solid-js';
import { describedBy, FIELD, type FieldProps, Frame } from './Field.tsx';
import styles from './FileField.module.css';

/**
 * One file, chosen or dropped: the browser's own control takes both, and the keyboard. A file that is dropped beside it is taken too,
 * because the browser would leave the page to open it.
 */
export function FileField(
  props: FieldProps & { accept: string; disabled?: boolean; onChoose: (file: File | undefined) => void },
) {
  const id = createUniqueId();
  const [field, own] = splitProps(props, FIELD, ['accept', 'disabled']);
  let input: HTMLInputElement | undefined;

  onMount(() => {
    const listening = new AbortController();
    const isBeside = (event: DragEvent) =>
      event.target !== input && event.dataTransfer?.types.includes('Files') === true;
    const on = (name: 'dragover' | 'drop', listener: (event: DragEvent) => void) =>
      window.addEventListener(name, (event) => isBeside(event) && listener(event), {
        signal: listening.signal,
      });
    on('dragover', (event) => event.preventDefault());
    on('drop', (event) => {
      event.preventDefault();
      const files = event.dataTransfer?.files;
      if (input === undefined || files?.length !== 1 || own.disabled === true) return;
      input.files = files;
      props.onChoose(files[0]);
    });
    onCleanup(() => listening.abort());
  });

  return (
    <Frame {...field} id={id}>
      <input
        ref={input}
        id={id}
        class={styles.file}
        type="file"
        accept={own.accept}
        disabled={own.disabled}
        aria-invalid={field.error !== undefined && field.error !== ''}
        aria-describedby={describedBy(id, field)}
        onChange={(event) => props.onChoose(event.currentTarget.files?.[0])}
      />
    </Frame>
  );
}
