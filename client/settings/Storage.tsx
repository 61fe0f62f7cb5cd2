import { For, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Card } from '../ui/Card.tsx';
import { Each } from '../ui/Each.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { CharacterUse } from './CharacterUse.tsx';
import { ConsistencyCheck } from './ConsistencyCheck.tsx';
import settings from './Settings.module.css';
import styles from './Storage.module.css';
import { KIND_WORDS, quotaWords } from './storage-words.ts';

const StorageQuery = graphql(`
  query StorageSettings {
    storage {
      path
      freeBytes
      totalBytes
      uses { kind files bytes }
      characters { bytes character { id } ...CharacterUse_storage }
      quotas { quota used limit }
    }
  }
`);

/** What lies on the volume, whose it is, how much more there may be, and whether it is all there. */
export function Storage() {
  const query = createPageQuery(StorageQuery, () => ({}));
  return (
    <div class={settings.column}>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => {
          const storage = () => data().storage;
          const ours = () => storage().uses.reduce((sum, { bytes }) => sum + bytes, 0);
          const most = () => Math.max(...storage().uses.map(({ bytes }) => bytes));
          const largest = () => storage().characters[0]?.bytes ?? 0;
          return (
            <>
              <Card title="Volume" class={settings.spaced ?? ''}>
                <p class={styles.total}>
                  <strong class="numbers">{formatBytes(storage().freeBytes)} free</strong>
                  <span class="muted numbers"> of {formatBytes(storage().totalBytes)}</span>
                </p>
                <Progress
                  value={storage().totalBytes - storage().freeBytes}
                  max={storage().totalBytes}
                  label="Used of the file system"
                  tone={storage().freeBytes < storage().totalBytes / 20 ? 'bad' : 'accent'}
                />
                <p class={settings.facts}>
                  <code>{storage().path}</code>. {formatBytes(ours())} of it are pictures and weights of this
                  studio; thumbnails, logs and the database come on top.
                </p>
                <table class={styles.table}>
                  <caption class="srOnly">What lies there</caption>
                  <thead class="srOnly">
                    <tr>
                      <th scope="col">Kind</th>
                      <th scope="col">Files</th>
                      <th scope="col">Size</th>
                      <th scope="col">Share</th>
                    </tr>
                  </thead>
                  <tbody>
                    <For each={storage().uses}>
                      {({ kind, files, bytes }) => (
                        <tr>
                          <th scope="row">{KIND_WORDS[kind].many}</th>
                          <td class="numbers">{plural(files, 'file')}</td>
                          <td class="numbers">{formatBytes(bytes)}</td>
                          <td class={styles.share} aria-label={share(bytes, ours())}>
                            <span
                              class={styles.bar}
                              style={{ scale: `${most() > 0 ? bytes / most() : 0} 1` }}
                            />
                          </td>
                        </tr>
                      )}
                    </For>
                  </tbody>
                </table>
              </Card>
              <Show when={storage().characters.length > 0}>
                <Card title="By character">
                  <ul class={`${settings.plain} ${styles.characters}`}>
                    <Each each={storage().characters.map((use) => ({ ...use, id: use.character.id }))}>
                      {(use) => <CharacterUse use={use()} largest={largest()} />}
                    </Each>
                  </ul>
                </Card>
              </Show>
              <Card title="Limits">
                <ul class={settings.plain}>
                  <For each={storage().quotas}>
                    {(use) => {
                      const words = quotaWords(use);
                      return (
                        <li class={`${settings.row} ${styles.quota}`}>
                          <div class={settings.what}>
                            <p>{words.label}</p>
                            <p class={settings.facts}>{words.help}</p>
                          </div>
                          <p class="numbers">{words.used}</p>
                          <Show when={use.limit}>
                            {(limit) => (
                              <div class={styles.wide}>
                                <Progress
                                  value={use.used}
                                  max={limit()}
                                  label={words.label}
                                  tone={use.used > limit() * 0.9 ? 'bad' : 'accent'}
                                />
                              </div>
                            )}
                          </Show>
                        </li>
                      );
                    }}
                  </For>
                </ul>
              </Card>
            </>
          );
        }}
      </Loaded>
      <ConsistencyCheck />
    </div>
  );
}

const share = (bytes: number, all: number) => `${all > 0 ? Math.round((bytes / all) * 100) : 0} %`;
