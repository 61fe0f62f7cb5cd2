import { createSignal, For, Show } from 'solid-js';
import { SCOPES } from '../access/words.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { Time } from '../ui/Time.tsx';
import { toast } from '../ui/toast.ts';
import { Expiry } from './Expiry.tsx';
import styles from './Settings.module.css';

const ApiKey = graphql(`
  fragment ApiKeyRow_apiKey on ApiKey {
    id
    name
    prefix
    scopes
    createdAt
    lastUsedAt
    expiresAt
  }
`);

const RevokeApiKey = graphql(`
  mutation RevokeApiKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) {
      __typename
      ... on RevokeApiKeySuccess { id }
      ... on UserError { message }
    }
  }
`);

export function ApiKeyRow(props: { apiKey: FragmentType<typeof ApiKey> }) {
  const key = () => useFragment(ApiKey, props.apiKey);
  const action = createAction(RevokeApiKey);
  const [asking, setAsking] = createSignal(false);
  const revoke = async () => {
    // Read before the answer: with it, the key is gone from these props.
    const { id, name } = key();
    const result = (await action.run({ input: { apiKeyId: id } }))?.revokeApiKey;
    if (result === undefined) return;
    setAsking(false);
    if ('message' in result)
      toast({ kind: 'bad', title: 'The key was not revoked', message: result.message });
    else toast({ kind: 'good', title: `${name} is revoked` });
  };
  return (
    <li class={styles.row}>
      <div class={styles.what}>
        <p class={styles.name}>
          <strong>{key().name}</strong>
          <code class="muted">{key().prefix}…</code>
        </p>
        <p class={styles.name}>
          <For each={SCOPES.filter(({ value }) => key().scopes.includes(value))}>
            {(scope) => (
              <span class={`${styles.tag} mono`} title={scope.may}>
                {scope.name}
              </span>
            )}
          </For>
        </p>
        <p class={styles.facts}>
          <Show when={key().lastUsedAt} fallback="never used">
            {(at) => (
              <>
                last used <Time at={at()} />
              </>
            )}
          </Show>
          {' · '}
          <Expiry at={key().expiresAt} />
          {' · made '}
          <Time at={key().createdAt} />
        </p>
      </div>
      <Button size="small" onClick={() => setAsking(true)}>
        Revoke<span class="srOnly"> {key().name}</span>
      </Button>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title={`Revoke ${key().name}?`}
        description={`Every program that uses ${key().prefix}… is refused from now on, and its connections are closed. This cannot be undone.`}
        keep="Keep the key"
        confirm="Revoke the key"
        pending={action.pending()}
        onConfirm={revoke}
      />
    </li>
  );
}
