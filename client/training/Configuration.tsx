import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Fold } from '../ui/Fold.tsx';
import { formatRate, plural, sentenceCase } from '../ui/format.ts';
import styles from './Configuration.module.css';
import { ConfigFields } from './config-fields.ts';

const Training = graphql(`
  fragment Configuration_training on Training {
    id
    baseModel
    preset
    triggerWord
    engine
    workerId
    correlationId
    dataset { id imageCount }
    resumedFrom { id step }
    retryOf { id title }
    config { ...TrainingConfigFields }
  }
`);

export function Configuration(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  const rows = (): [string, string][] => {
    const config = useFragment(ConfigFields, training().config);
    return [
      ['Preset', sentenceCase(training().preset)],
      ['Base model', training().baseModel],
      ['Trigger word', training().triggerWord],
      ['Dataset', plural(training().dataset.imageCount, 'photo')],
      ['Engine', training().engine],
      ['Steps', String(config.steps)],
      ['Learning rate', formatRate(config.learningRate)],
      ['Scheduler', sentenceCase(config.scheduler)],
      ['Optimizer', config.optimizer],
      ['Rank, alpha', `${config.rank}, ${config.alpha}`],
      ['Resolution', `${config.resolution} px`],
      ['Batch, accumulation', `${config.batchSize} × ${config.gradientAccumulation}`],
      ['Precision', config.precision],
      ['Caption dropout', String(config.captionDropout)],
      ['Samples', `every ${config.sampleEvery} steps`],
      ['Checkpoints', `every ${config.checkpointEvery} steps, ${config.keepCheckpoints} kept`],
      ['Seed', String(config.seed)],
      ['Worker', training().workerId ?? '–'],
      ['Correlation id', training().correlationId],
    ];
  };
  return (
    <Fold title="Configuration">
      <div class={styles.body}>
        <dl class={styles.list}>
          <For each={rows()}>
            {([name, value]) => (
              <div class={styles.row}>
                <dt>{name}</dt>
                <dd class="mono">{value}</dd>
              </div>
            )}
          </For>
        </dl>
        <Show when={training().resumedFrom}>
          {(from) => <p class="small">Resumed from step {from().step}.</p>}
        </Show>
        <Show when={training().retryOf}>
          {(job) => (
            <p class="small">
              Another try of <A href={`/trainings/${job().id}`}>{job().title}</A>.
            </p>
          )}
        </Show>
        <CopyButton text={JSON.stringify(training().config, null, 2)} label="Copy the configuration">
          Copy as JSON
        </CopyButton>
      </div>
    </Fold>
  );
}
