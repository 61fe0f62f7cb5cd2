import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { plural } from '../ui/format.ts';
import { Picture } from '../ui/ImageTile.tsx';
import styles from './Lineage.module.css';

const Output = graphql(`
  fragment Lineage_output on Output {
    id
    generation {
      id
      count
      outputs { id }
    }
    loras {
      name
      lora {
        id
        name
        character { id name }
        training {
          id
          number
          dataset {
            id
            imageCount
            photos(first: 6) { edges { node { position image { id thumbHash thumbnailUrl caption } } } }
          }
        }
      }
    }
  }
`);

/** Where an image comes from: its batch, its LoRAs, the training of each, and the photos that this learned from. */
export function Lineage(props: { output: FragmentType<typeof Output> }) {
  const output = () => useFragment(Output, props.output);
  /** This one first, and as many of the others as can be compared with it. */
  const batch = () => {
    const kept = output().generation.outputs.map(({ id }) => id);
    if (!kept.includes(output().id)) return [];
    return [output().id, ...kept.filter((id) => id !== output().id)].slice(0, 4);
  };
  const uses = () => output().loras;
  return (
    <section class={styles.panel} aria-label="Where it comes from">
      <h2 class={styles.title}>Where it comes from</h2>
      <Show when={output().generation.count > 1}>
        <p class={styles.links}>
          <A class={styles.link} href={`/outputs?generation=${output().generation.id}`}>
            Its batch of {plural(output().generation.count, 'image')}
          </A>
          <Show when={batch().length > 1}>
            <A
              class={styles.link}
              href={`/outputs/compare?ids=${batch().join(',')}&back=${encodeURIComponent(`/outputs/${output().id}`)}`}
            >
              Compare {batch().length} of it
            </A>
          </Show>
        </p>
      </Show>
      <Show when={uses().length === 0}>
        <p class="muted">The base model alone: no LoRA was used.</p>
      </Show>
      <For each={uses()}>
        {(use) => (
          <ol class={styles.chain}>
            <li class={styles.step}>
              <span class={styles.what}>LoRA</span>
              <Show when={use.lora} fallback={<span>{use.name}, deleted since</span>}>
                {(lora) => (
                  <A class={styles.link} href={`/outputs?lora=${lora().id}`}>
                    {lora().name}: all its images
                  </A>
                )}
              </Show>
            </li>
            <Show when={use.lora?.training}>
              {(training) => (
                <>
                  <li class={styles.step}>
                    <span class={styles.what}>Training</span>
                    <A class={styles.link} href={`/trainings/${training().id}`}>
                      {use.lora?.character?.name} · training {training().number}
                    </A>
                  </li>
                  <li class={styles.step}>
                    <span class={styles.what}>{plural(training().dataset.imageCount, 'photo')}</span>
                    <ul class={styles.photos}>
                      <For each={training().dataset.photos.edges}>
                        {({ node }) => (
                          <li class={styles.photo}>
                            <Show when={node.image} fallback="Deleted">
                              {(image) => (
                                <A href={`/characters/${use.lora?.character?.id}`}>
                                  <Picture
                                    src={image().thumbnailUrl}
                                    thumbHash={image().thumbHash}
                                    alt={image().caption ?? `Photo ${node.position}`}
                                  />
                                </A>
                              )}
                            </Show>
                          </li>
                        )}
                      </For>
                    </ul>
                  </li>
                </>
              )}
            </Show>
          </ol>
        )}
      </For>
    </section>
  );
}
