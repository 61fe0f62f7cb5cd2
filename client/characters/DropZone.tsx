import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { imageFilesOf } from '../ui/files.ts';
import styles from './DropZone.module.css';

/** While it is shown and open, files can be dropped anywhere on the page, or pasted. */
export function DropZone(props: {
  label: string;
  isOpen: boolean;
  onFiles: (files: File[]) => void;
  children: JSX.Element;
}) {
  const [over, setOver] = createSignal(false);
  const give = (files: File[]) => {
    if (files.length > 0) props.onFiles(files);
  };
  const hasFiles = (event: DragEvent) => props.isOpen && event.dataTransfer?.types.includes('Files') === true;

  onMount(() => {
    const listening = new AbortController();
    const on = <Name extends keyof WindowEventMap>(
      name: Name,
      listener: (event: WindowEventMap[Name]) => void,
    ) => window.addEventListener(name, listener, { signal: listening.signal });
    on('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      give(imageFilesOf(event.dataTransfer));
    });
    on('paste', (event) => {
      const files = props.isOpen ? imageFilesOf(event.clipboardData) : [];
      if (files.length > 0) event.preventDefault();
      give(files);
    });
    onCleanup(() => listening.abort());
  });

  return (
    <>
      {props.children}
      <Show when={over()}>
        <div class={styles.over}>
          <p class={styles.label}>{props.label}</p>
        </div>
      </Show>
    </>
  );
}
