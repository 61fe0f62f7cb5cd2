import { For, Show } from 'solid-js';
import { Dialog } from '../ui/Dialog.tsx';
import { keysOf } from '../ui/keys.ts';
import { closeOverlay, overlay } from './overlay.ts';
import styles from './ShortcutsDialog.module.css';
import { ShortcutsSwitch } from './ShortcutsSwitch.tsx';
import { groups, type ShortcutGroup } from './shortcuts.ts';

/** What the keys do here and everywhere. */
export function ShortcutsDialog() {
  // What the page says is what one asks for, so it stands first.
  const shown = () => groups().toReversed();
  return (
    <Dialog
      open={overlay() === 'shortcuts'}
      onClose={() => closeOverlay('shortcuts')}
      title="Keyboard shortcuts"
    >
      <For each={shown()}>{(group) => <Group group={group} />}</For>
      <ShortcutsSwitch />
    </Dialog>
  );
}

function Group(props: { group: ShortcutGroup }) {
  return (
    <section>
      <h3 class={styles.name}>{props.group.name}</h3>
      <dl class={styles.list}>
        <For each={props.group.shortcuts}>
          {(shortcut) => (
            <div class={styles.row}>
              <dt>{shortcut.label}</dt>
              <dd class={styles.keys}>
                <For each={keysOf(shortcut.keys)}>
                  {(key, index) => (
                    <>
                      <Show when={index() > 0 && shortcut.keys.includes(' ')}>
                        <span class={styles.then}>then</span>
                      </Show>
                      <kbd>{key}</kbd>
                    </>
                  )}
                </For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  );
}
