import KeyRound from 'lucide-solid/icons/key-round';
import Plus from 'lucide-solid/icons/plus';
import { createSignal, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ApiKeyRow } from './ApiKeyRow.tsx';
import { CreateApiKeyDialog } from './CreateApiKeyDialog.tsx';
import styles from './Settings.module.css';

const ApiKeysQuery = graphql(`
  query ApiKeys {
    access {
      viewer {
        apiKeys { id ...ApiKeyRow_apiKey }
      }
    }
  }
`);

export function ApiKeys() {
  const query = createPageQuery(ApiKeysQuery, () => ({}));
  const [creating, setCreating] = createSignal(false);
  const create = () => (
    <Button kind="primary" icon={Plus} onClick={() => setCreating(true)}>
      New API key
    </Button>
  );
  return (
    <div class={styles.wide}>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => (
          <Show
            when={data().access.viewer?.apiKeys.length}
            fallback={
              <EmptyState icon={KeyRound} title="No API key yet" actions={create()}>
                With a key a program uses the API as you may, or less: from a script, from CI, from your own
                application.
              </EmptyState>
            }
          >
            <div class={styles.bar}>
              <p>
                A program sends its key as <code>Authorization: Bearer isengard_…</code>. No key may do more
                than you may now.
              </p>
              {create()}
            </div>
            <ul class={styles.list}>
              <Each each={data().access.viewer?.apiKeys ?? []}>{(key) => <ApiKeyRow apiKey={key()} />}</Each>
            </ul>
          </Show>
        )}
      </Loaded>
      <CreateApiKeyDialog open={creating()} onClose={() => setCreating(false)} />
    </div>
  );
}
