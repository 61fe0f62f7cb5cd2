import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Card } from '../ui/Card.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { ImageTile } from '../ui/ImageTile.tsx';
import { Lightbox } from '../ui/Lightbox.tsx';
import { likenessBySteps, likenessInPercent, likenessInWords } from './likeness.ts';
import styles from './Samples.module.css';
import { StepSlider } from './StepSlider.tsx';
import { type Cell, matrixOf, walk } from './sample-matrix.ts';

const Sample = graphql(`
  fragment Samples_sample on Sample {
    id
    step
    promptIndex
    prompt
    seed
    width
    height
    thumbHash
    identityScore
    faceCount
    url
    thumbnailUrl
  }
`);

/** More columns than fit beside each other get a slider. */
const FEW = 8;

/** Rows are prompts, columns are steps: one sees it learn from left to right. */
export function Samples(props: { samples: readonly FragmentType<typeof Sample>[] }) {
  const samples = createMemo(() => useFragment(Sample, props.samples));
  const matrix = createMemo(() => matrixOf(samples()));
  const likeness = createMemo(() => likenessBySteps(samples()));
  const [open, setOpen] = createSignal<Cell | null>(null);
  const [step, setStep] = createSignal<number | null>(null);
  let box: HTMLDivElement | undefined;
  const stepAt = () => step() ?? matrix().steps.at(-1);
  // The column that one looks at is seen: the newest, until one goes to another.
  createEffect(
    on([stepAt, () => matrix().steps.length], ([at]) => {
      const head = box?.querySelector<HTMLElement>(`th[data-step="${at}"]`);
      if (box === undefined || head == null) return;
      box.scrollLeft = head.offsetLeft - (box.clientWidth - head.offsetWidth) / 2;
    }),
  );
  const shown = createMemo(() => {
    const cell = open();
    if (cell === null) return undefined;
    return samples().find((sample) => sample.step === cell.step && sample.promptIndex === cell.promptIndex);
  });
  return (
    <Card
      title="Samples"
      aside={
        <Show when={samples().length > 0}>{plural(samples().length, 'picture')}, newest on the right</Show>
      }
    >
      <Show
        when={matrix().rows.length > 0}
        fallback={<p class="muted small">The first samples come after the first round of steps.</p>}
      >
        <Show when={matrix().steps.length > FEW}>
          <StepSlider steps={matrix().steps} step={step()} onChange={setStep} />
        </Show>
        <div class={styles.scroll} ref={box}>
          <table class={styles.table}>
            <thead>
              <tr>
                <th class={styles.corner}>
                  <span class="srOnly">Prompt</span>
                </th>
                <For each={matrix().steps}>
                  {(step) => (
                    <th
                      class={`${styles.step} numbers`}
                      data-step={step}
                      aria-current={step === stepAt() && matrix().steps.length > FEW ? 'true' : undefined}
                    >
                      {formatCount(step)}
                      <Show when={likeness().get(step) != null}>
                        <span class={styles.likeness}>
                          {likenessInPercent(likeness().get(step) ?? 0)}
                          <span class="srOnly"> alike</span>
                        </span>
                      </Show>
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={matrix().rows}>
                {(row) => (
                  <tr>
                    <th class={styles.prompt} title={row.prompt}>
                      <span>{row.prompt}</span>
                    </th>
                    <For each={matrix().steps}>
                      {(step) => (
                        <td class={styles.cell}>
                          <Show when={row.byStep.get(step)}>
                            {(sample) => (
                              <ImageTile
                                src={sample().thumbnailUrl}
                                thumbHash={sample().thumbHash}
                                alt={`Step ${step}: ${row.prompt}`}
                                onOpen={() => setOpen({ step, promptIndex: row.promptIndex })}
                              />
                            )}
                          </Show>
                        </td>
                      )}
                    </For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
      <Lightbox
        picture={(() => {
          const sample = shown();
          return sample === undefined ? null : { ...sample, alt: `Step ${sample.step}: ${sample.prompt}` };
        })()}
        title={shown() === undefined ? '' : `Step ${formatCount(shown()?.step ?? 0)} · ${shown()?.prompt}`}
        onClose={() => setOpen(null)}
        onWalk={(direction) => setOpen((cell) => (cell === null ? null : walk(matrix(), cell, direction)))}
        caption={
          <>
            <span class="mono">seed {shown()?.seed}</span>
            <Show when={shown()?.identityScore != null}>
              {' · '}
              {shown()?.faceCount === 0 ? 'no face' : likenessInWords(shown()?.identityScore ?? 0)}
            </Show>
          </>
        }
      />
    </Card>
  );
}
