import { createSignal, For, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { ImageTile } from '../ui/ImageTile.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import type { Reference } from './draft.ts';
import styles from './ReferenceDialog.module.css';

const ReferencesQuery = graphql(`
  query References {
    outputs(first: 30) {
      edges { node { id thumbHash thumbnailUrl generation { id prompt } } }
    }
    characters(first: 12, sort: UPDATED) {
      edges {
        node {
          id
          name
          images(first: 12) { edges { node { id fileName thumbHash thumbnailUrl } } }
        }
      }
    }
  }
`);

/** Photos and images of the studio, to take one as a reference. */
export function ReferenceDialog(props: {
  open: boolean;
  onClose: () => void;
  onChoose: (reference: Reference) => void;
}) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Choose a reference picture">
      <Choice onChoose={props.onChoose} />
    </Dialog>
  );
}

function Choice(props: { onChoose: (reference: Reference) => void }) {
  const query = createPageQuery(ReferencesQuery, () => ({}));
  const [tab, setTab] = createSignal('photos');
  return (
    <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
      {(data) => (
        <Tabs
          label="Where from"
          value={tab()}
          onChange={setTab}
          tabs={[
            {
              value: 'photos',
              label: 'Photos',
              content: () => (
                <ul class={styles.grid}>
                  <For each={data().characters.edges.flatMap((character) => character.node.images.edges)}>
                    {(edge) => (
                      <li>
                        <ImageTile
                          src={edge.node.thumbnailUrl}
                          thumbHash={edge.node.thumbHash}
                          alt={edge.node.fileName}
                          onOpen={() =>
                            props.onChoose({
                              kind: 'image',
                              id: edge.node.id,
                              thumbnailUrl: edge.node.thumbnailUrl,
                              label: edge.node.fileName,
                            })
                          }
                        />
                      </li>
                    )}
                  </For>
                </ul>
              ),
            },
            {
              value: 'images',
              label: 'Generated images',
              content: () => (
                <Show when={data().outputs.edges.length > 0} fallback={<p class="muted small">None yet.</p>}>
                  <ul class={styles.grid}>
                    <For each={data().outputs.edges}>
                      {(edge) => (
                        <li>
                          <ImageTile
                            src={edge.node.thumbnailUrl}
                            thumbHash={edge.node.thumbHash}
                            alt={edge.node.generation.prompt}
                            onOpen={() =>
                              props.onChoose({
                                kind: 'output',
                                id: edge.node.id,
                                thumbnailUrl: edge.node.thumbnailUrl,
                                label: edge.node.generation.prompt,
                              })
                            }
                          />
                        </li>
                      )}
                    </For>
                  </ul>
                </Show>
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
