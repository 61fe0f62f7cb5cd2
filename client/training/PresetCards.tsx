import { For } from 'solid-js';
import type { TrainingPresetName } from '../gql/graphql.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { formatCount, plural, sentenceCase } from '../ui/format.ts';
import styles from './PresetCards.module.css';

const Preset = graphql(`
  fragment PresetCards_preset on TrainingPreset {
    name
    label
    description
    config { steps rank resolution sampleEvery checkpointEvery keepCheckpoints scheduler }
  }
`);

/** What each preset is for, and what it costs. */
export function PresetCards(props: {
  presets: readonly FragmentType<typeof Preset>[];
  value: TrainingPresetName;
  onChange: (name: TrainingPresetName) => void;
}) {
  const presets = () => useFragment(Preset, props.presets);
  return (
    <fieldset class={styles.cards}>
      <legend class="srOnly">Preset</legend>
      <For each={presets()}>
        {(preset) => (
          <label class={styles.card}>
            <input
              class={styles.radio}
              type="radio"
              name="preset"
              checked={props.value === preset.name}
              onChange={() => props.onChange(preset.name)}
            />
            <span class={styles.name}>{preset.label}</span>
            <span class={styles.what}>{preset.description}</span>
            <span class={`${styles.cost} numbers`}>
              {formatCount(preset.config.steps)} steps · {preset.config.resolution} px · rank{' '}
              {preset.config.rank}
              <br />
              {sentenceCase(preset.config.scheduler)} ·{' '}
              {plural(
                Math.min(
                  preset.config.keepCheckpoints,
                  Math.floor(preset.config.steps / preset.config.checkpointEvery),
                ),
                'checkpoint',
              )}{' '}
              kept
            </span>
          </label>
        )}
      </For>
    </fieldset>
  );
}
