import { createMemo, For, Show } from 'solid-js';
import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ModelRow } from './ModelRow.tsx';
import styles from './Models.module.css';
import { commonReason, groupsOf } from './models.ts';
import settings from './Settings.module.css';

const ModelsQuery = graphql(`
  query Models {
    models { id group isInstalled unsupported problem ...ModelRow_model }
  }
`);

/** The files of weights that production mode needs: which are there, and which can be had. */
export function Models() {
  const query = createPageQuery(ModelsQuery, () => ({}));
  const models = () => query.data()?.models ?? [];
  const groups = createMemo(() => groupsOf(models()));
  const reason = () => commonReason(models());
  return (
    <div class={settings.wide}>
      <div class={settings.bar}>
        <p>
          ComfyUI needs these files for base models and toggles. They are downloaded from Hugging Face into
          its folder, and verified. Each has its own licence.
        </p>
      </div>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {() => (
          <>
            <Show when={!can('ADMIN')}>
              <p class={styles.notice}>{whyForbidden(['admin'], user()?.role)}</p>
            </Show>
            <Show when={reason()}>
              {(why) => (
                <div class={styles.notice}>
                  <p>{why()}</p>
                  <Button size="small" onClick={query.refresh}>
                    Look again
                  </Button>
                </div>
              )}
            </Show>
            <For each={groups().map(({ name }) => name)}>
              {(name) => {
                const group = () => groups().find((one) => one.name === name);
                return (
                  <section aria-label={name} class={styles.group}>
                    <h2 class={styles.title}>
                      {name}
                      <span class="muted numbers">{group()?.words}</span>
                    </h2>
                    <ul class={settings.list}>
                      <Each each={group()?.models ?? []}>
                        {(model) => <ModelRow model={model()} withReason={reason() === undefined} />}
                      </Each>
                    </ul>
                  </section>
                );
              }}
            </For>
          </>
        )}
      </Loaded>
    </div>
  );
}
