import Plus from 'lucide-solid/icons/plus';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { focusSoon } from '../ui/focus-soon.ts';
import { plural } from '../ui/format.ts';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './Library.module.css';
import { WildcardForm } from './WildcardForm.tsx';

const WildcardsQuery = graphql(`
  query Wildcards {
    wildcards(first: 100) { edges { node { id name valueCount } } pageInfo { hasNextPage } }
  }
`);

const WildcardQuery = graphql(`
  query Wildcard($id: ID!) {
    wildcard(id: $id) { id name values }
  }
`);

type Place = { at: 'list' } | { at: 'new' } | { at: 'one'; id: string };

/** The lists that prompts draw from: all of them, or one that is edited. */
export function WildcardsDialog(props: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title="Wildcards"
      description="A prompt with __name__ draws one line of that list; the seed decides which."
    >
      <Lists />
    </Dialog>
  );
}

function Lists() {
  const [place, setPlace] = createSignal<Place>({ at: 'list' });
  const back = () => setPlace({ at: 'list' });
  const id = () => {
    const now = place();
    return now.at === 'one' ? now.id : undefined;
  };
  return (
    <Switch>
      <Match when={place().at === 'list'}>
        <All onNew={() => setPlace({ at: 'new' })} onOpen={(chosen) => setPlace({ at: 'one', id: chosen })} />
      </Match>
      <Match when={place().at === 'new'}>
        <WildcardForm wildcard={null} onDone={back} />
      </Match>
      <Match when={id()} keyed>
        {(chosen) => <One id={chosen} onDone={back} />}
      </Match>
    </Switch>
  );
}

function All(props: { onNew: () => void; onOpen: (id: string) => void }) {
  const query = createPageQuery(WildcardsQuery, () => ({}));
  return (
    <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
      {(data) => (
        <div class={styles.add}>
          <Show when={data().wildcards.edges.length > 0} fallback={<p class="muted small">No list yet.</p>}>
            <ul class={styles.list}>
              <For each={data().wildcards.edges}>
                {({ node }) => (
                  <li class={styles.item}>
                    <div class={styles.head}>
                      <span class={`${styles.name} mono`}>__{node.name}__</span>
                      <span class="muted small numbers">{plural(node.valueCount, 'line')}</span>
                      <Button size="small" onClick={() => props.onOpen(node.id)}>
                        Edit<span class="srOnly"> {node.name}</span>
                      </Button>
                    </div>
                  </li>
                )}
              </For>
            </ul>
            <Show when={data().wildcards.pageInfo.hasNextPage}>
              <p class="muted small">The first 100 by name are shown.</p>
            </Show>
          </Show>
          <Button icon={Plus} ref={focusSoon} onClick={() => props.onNew()}>
            New list
          </Button>
        </div>
      )}
    </Loaded>
  );
}

function One(props: { id: string; onDone: () => void }) {
  const query = createPageQuery(WildcardQuery, () => ({ id: props.id }));
  return (
    <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
      {(data) => (
        <Show when={data().wildcard} fallback={<p class="muted small">This list was deleted.</p>}>
          {(wildcard) => <WildcardForm wildcard={wildcard()} onDone={props.onDone} />}
        </Show>
      )}
    </Loaded>
  );
}
