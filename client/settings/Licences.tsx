import { createResource, createSignal, For, Show } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { plural } from '../ui/format.ts';
import styles from './About.module.css';
import { readLicences } from './licences.ts';
import settings from './Settings.module.css';

/** What the studio is made of, with the licences of all of it. */
export function Licences() {
  const [isOpen, setOpen] = createSignal(false);
  const [packages, { refetch }] = createResource(isOpen, readLicences);
  return (
    <Card title="Licences" class={settings.spaced ?? ''}>
      <p class={settings.facts}>
        Isengard is under the Apache License 2.0. Models have licences of their own, which stand beside each
        of them.
      </p>
      <Show
        when={isOpen()}
        fallback={
          <div>
            <Button onClick={() => setOpen(true)}>Show what it is made of</Button>
          </div>
        }
      >
        <Show
          when={!packages.error}
          fallback={
            <div class={settings.bar}>
              <p role="alert">The list could not be loaded. It comes with the built client alone.</p>
              <Button onClick={() => void refetch()}>Try again</Button>
            </div>
          }
        >
          <Show when={packages.state === 'ready' && packages()} fallback={<p role="status">Loading</p>}>
            {(list) => (
              <>
                <p class={settings.facts}>
                  {plural(list().length, 'package')}, in the pages and in the server.
                </p>
                <ul class={styles.list} tabindex="0" aria-label="Packages">
                  <For each={list()}>
                    {({ name, licence, part, text }) => (
                      <li class={styles.package}>
                        <details>
                          <summary>
                            <span>
                              {name} <span class="muted">{part}</span>
                            </span>
                            <span class="muted">{licence}</span>
                          </summary>
                          <p class={styles.text}>{text || 'It comes without a text of its own.'}</p>
                        </details>
                      </li>
                    )}
                  </For>
                </ul>
              </>
            )}
          </Show>
        </Show>
      </Show>
    </Card>
  );
}
