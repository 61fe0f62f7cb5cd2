import { A } from '@solidjs/router';
import Shuffle from 'lucide-solid/icons/shuffle';
import { For, Show } from 'solid-js';
import { RepeatButton } from '../generation/RepeatButton.tsx';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { formatBytes, formatExact } from '../ui/format.ts';
import styles from './Parameters.module.css';

const Output = graphql(`
  fragment Parameters_output on Output {
    id
    prompt
    negativePrompt
    loras { name strength lora { id training { id number } } }
    seed
    width
    height
    bytes
    createdAt
    generation {
      id
      prompt
      grid { prompts }
      samplingSteps
      guidanceScale
      sampler
      scheduler
      baseModel
      initImage { denoise maskUrl }
      controlNet { mode strength }
      ipAdapter { weight }
      faceDetailer { denoise }
      upscale { factor }
    }
  }
`);

/** All that made this image: to read, to copy, to make it again. */
export function Parameters(props: { output: FragmentType<typeof Output> }) {
  const output = () => useFragment(Output, props.output);
  const made = () => output().generation;
  const rows = (): [string, string][] => {
    const extras: [string, string | null][] = [
      [
        'Started from',
        made().initImage == null
          ? null
          : `an image${made().initImage?.maskUrl == null ? '' : ' with a mask'}, denoise ${made().initImage?.denoise}`,
      ],
      [
        'ControlNet',
        made().controlNet == null
          ? null
          : `${made().controlNet?.mode.toLowerCase()}, ${made().controlNet?.strength}`,
      ],
      ['IP-Adapter', made().ipAdapter == null ? null : `weight ${made().ipAdapter?.weight}`],
      ['FaceDetailer', made().faceDetailer == null ? null : `denoise ${made().faceDetailer?.denoise}`],
      ['Upscale', made().upscale == null ? null : `× ${made().upscale?.factor}`],
    ];
    return [
      ['Size', `${output().width} × ${output().height} px, ${formatBytes(output().bytes)}`],
      ['Steps', String(made().samplingSteps)],
      ['Guidance', String(made().guidanceScale)],
      ['Sampler', made().sampler],
      ['Scheduler', made().scheduler],
      ['Base model', made().baseModel],
      ...extras.filter((row): row is [string, string] => row[1] !== null),
      ['Made', formatExact(output().createdAt)],
    ];
  };
  const asText = () =>
    [
      output().prompt,
      ...(output().negativePrompt === '' ? [] : [`Negative prompt: ${output().negativePrompt}`]),
      ...output().loras.map((use) => `LoRA: ${use.name} × ${use.strength}`),
      `Seed: ${output().seed}`,
      ...rows().map(([name, value]) => `${name}: ${value}`),
    ].join('\n');

  return (
    <aside class={styles.panel} aria-label="Parameters">
      <div>
        <h2 class={styles.title}>Prompt</h2>
        <p class={styles.prompt}>{output().prompt}</p>
      </div>
      <Show when={made().grid == null && made().prompt !== output().prompt}>
        <div>
          <h2 class={styles.title}>Written as</h2>
          <p class={styles.prompt}>{made().prompt}</p>
        </div>
      </Show>
      <Show when={output().negativePrompt}>
        <div>
          <h2 class={styles.title}>Negative prompt</h2>
          <p class={styles.prompt}>{output().negativePrompt}</p>
        </div>
      </Show>
      <Show when={output().loras.length > 0}>
        <div>
          <h2 class={styles.title}>LoRAs</h2>
          <ul>
            <For each={output().loras}>
              {(use) => (
                <li class={styles.row}>
                  <span>
                    {use.name}
                    <Show when={use.lora?.training}>
                      {(training) => (
                        <>
                          {' from '}
                          <A class={styles.link} href={`/trainings/${training().id}`}>
                            training {training().number}
                          </A>
                        </>
                      )}
                    </Show>
                  </span>
                  <span class="mono">× {use.strength}</span>
                </li>
              )}
            </For>
          </ul>
        </div>
      </Show>
      <dl>
        <div class={styles.row}>
          <dt>Seed</dt>
          <dd class={`mono ${styles.seed}`}>
            {output().seed}
            <CopyButton text={String(output().seed)} label="Copy the seed" />
          </dd>
        </div>
        <For each={rows()}>
          {([name, value]) => (
            <div class={styles.row}>
              <dt>{name}</dt>
              <dd class="mono">{value}</dd>
            </div>
          )}
        </For>
      </dl>
      <div class={styles.actions}>
        <RepeatButton generationId={made().id} newSeed={false}>
          Same again
        </RepeatButton>
        <RepeatButton generationId={made().id} newSeed icon={Shuffle}>
          Vary the seed
        </RepeatButton>
        <CopyButton text={asText()} label="Copy all parameters">
          Copy all
        </CopyButton>
      </div>
    </aside>
  );
}
