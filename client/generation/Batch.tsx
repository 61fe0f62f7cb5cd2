import { createSubscription } from '@urql/solid';
import Shuffle from 'lucide-solid/icons/shuffle';
import Square from 'lucide-solid/icons/square';
import { createSignal, For, onMount, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CancelJobDialog } from '../queue/CancelJobDialog.tsx';
import { placeWord } from '../queue/place.ts';
import { Button } from '../ui/Button.tsx';
import { formatEta, plural } from '../ui/format.ts';
import { StateBadge } from '../ui/StateBadge.tsx';
import { Time } from '../ui/Time.tsx';
import styles from './Batch.module.css';
import { BatchTile } from './BatchTile.tsx';
import { GridTables } from './GridTables.tsx';
import { RepeatButton } from './RepeatButton.tsx';

const Generation = graphql(`
  fragment Batch_generation on Generation {
    id
    title
    state
    step
    steps
    place { position expectedStartAt waitsFor { reason message until } }
    eta { seconds lowSeconds highSeconds }
    error { message advice }
    createdAt
    prompt
    width
    height
    samplingSteps
    guidanceScale
    sampler
    seed
    count
    loras { name strength }
    grid { prompts loras { name } strengths seeds }
    outputs { id index prompt thumbHash thumbnailUrl(size: LARGE) }
    removedIndexes
    previews { index url }
  }
`);

const GenerationUpdates = graphql(`
  subscription GenerationUpdates($id: ID!) {
    generationUpdates(generationId: $id) { id ...Batch_generation }
  }
`);

/** One batch: its pictures as they come, and how they were asked for in one line. */
export function Batch(props: {
  generation: FragmentType<typeof Generation>;
  onUseSeed: (seed: number) => void;
}) {
  const generation = () => useFragment(Generation, props.generation);
  const isOpen = () => generation().state === 'QUEUED' || generation().state === 'RUNNING';
  const [asking, setAsking] = createSignal(false);
  createSubscription({
    query: GenerationUpdates,
    variables: () => ({ id: generation().id }),
    pause: () => !isOpen(),
  });
  // The queue and the rail link to a batch; it is there only once the list has loaded.
  onMount(() => {
    if (location.hash === `#${generation().id}`) document.getElementById(generation().id)?.scrollIntoView();
  });
  const tiles = () => Array.from({ length: generation().count }, (_, index) => index);
  const outputAt = (index: number) => generation().outputs.find((output) => output.index === index);
  const isRemoved = (index: number) => generation().removedIndexes.includes(index);
  const previewAt = (index: number) => generation().previews.find((preview) => preview.index === index);
  const size = () => `${generation().width} × ${generation().height}`;
  const title = () => {
    const { prompt, grid } = generation();
    return grid?.prompts == null ? prompt : plural(grid.prompts.length, 'prompt');
  };
  // What varies stands above the images.
  const varies = (axis: 'loras' | 'strengths' | 'seeds') => generation().grid?.[axis] != null;
  const loras = () =>
    generation()
      .loras.slice(varies('loras') ? 1 : 0)
      .map((use, place) => (place === 0 && varies('strengths') ? use.name : `${use.name} × ${use.strength}`));
  const ratio = () => generation().width / generation().height;
  const tile = (index: number) => (
    <Show when={isOpen() || outputAt(index) !== undefined || isRemoved(index)}>
      <BatchTile
        index={index}
        prompt={outputAt(index)?.prompt ?? generation().prompt}
        ratio={ratio()}
        output={outputAt(index)}
        previewUrl={previewAt(index)?.url}
        isRemoved={isRemoved(index)}
        isRunning={generation().state === 'RUNNING'}
      />
    </Show>
  );

  return (
    <article class={styles.batch} id={generation().id} aria-label={title()}>
      <header class={styles.head}>
        <div class={styles.words}>
          <p class={styles.prompt}>{title()}</p>
          <p class={`${styles.line} numbers`}>
            {[
              size(),
              ...loras(),
              `${generation().samplingSteps} steps`,
              `guidance ${generation().guidanceScale}`,
              generation().sampler,
            ].join(' · ')}
            <Show when={!varies('seeds')}>
              {' · '}
              <Show when={can('WRITE_JOBS')} fallback={<>seed {generation().seed}</>}>
                <button
                  type="button"
                  class={styles.seed}
                  title="Lock this seed in the composer"
                  onClick={() => props.onUseSeed(generation().seed)}
                >
                  seed {generation().seed}
                </button>
              </Show>
            </Show>
            {' · '}
            <Time at={generation().createdAt} />
          </p>
        </div>
        <div class={styles.actions}>
          <Show when={generation().state !== 'COMPLETED'}>
            <StateBadge
              state={generation().state}
              {...(generation().state === 'QUEUED' ? { word: placeWord(generation().place) } : {})}
            />
          </Show>
          <Show when={generation().state === 'RUNNING' ? generation().eta : null}>
            {(eta) => <span class="muted small numbers">{formatEta(eta())}</span>}
          </Show>
          <Show
            when={isOpen()}
            fallback={
              <>
                <RepeatButton small generationId={generation().id} newSeed={false}>
                  Again
                </RepeatButton>
                <RepeatButton small generationId={generation().id} newSeed icon={Shuffle}>
                  Vary
                </RepeatButton>
              </>
            }
          >
            <Show when={can('WRITE_JOBS')}>
              <Button kind="quiet" size="small" icon={Square} onClick={() => setAsking(true)}>
                Cancel
              </Button>
              <CancelJobDialog
                open={asking()}
                job={generation()}
                consequence={`${generation().outputs.length} of ${generation().count} images are made and stay.`}
                onClose={() => setAsking(false)}
              />
            </Show>
          </Show>
        </div>
      </header>
      <Show when={generation().error}>
        {(error) => (
          <p class={styles.error} role="alert">
            {error().message} {error().advice}
          </p>
        )}
      </Show>
      <Show when={isOpen() || generation().outputs.length > 0 || generation().removedIndexes.length > 0}>
        <Show
          when={generation().grid}
          fallback={
            <ul class={styles.tiles} style={{ '--ratio': ratio() }}>
              <For each={tiles()}>
                {(index) => (
                  <Show when={isOpen() || outputAt(index) !== undefined || isRemoved(index)}>
                    <li>{tile(index)}</li>
                  </Show>
                )}
              </For>
            </ul>
          }
        >
          {(grid) => (
            <GridTables grid={grid()} ratio={ratio()} label={title()}>
              {tile}
            </GridTables>
          )}
        </Show>
      </Show>
    </article>
  );
}
