import Sparkles from 'lucide-solid/icons/sparkles';
import { createMemo, For, Show } from 'solid-js';
import type { SetStoreFunction } from 'solid-js/store';
import { useFragment } from '../gql/index.ts';
import { ParameterField, ParameterFields, type ParameterRef } from '../parameters/ParameterField.tsx';
import { defaultText } from '../parameters/parameter.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { RangeField, SelectField, TextArea } from '../ui/Field.tsx';
import { plural } from '../ui/format.ts';
import { AspectPicker } from './AspectPicker.tsx';
import styles from './Composer.module.css';
import { type Draft, type Facts, hasOwnField, problemsOf } from './draft.ts';
import { GridEditor } from './GridEditor.tsx';
import { hasGridPrompts, hasGridSeeds, imageCountOf } from './grid-draft.ts';
import { LoraStack } from './LoraStack.tsx';
import type { LoraOption } from './lora-option.ts';
import { factsWith, type Model, modelOf } from './model-facts.ts';
import { PromptField } from './PromptField.tsx';
import { SeedField } from './SeedField.tsx';
import { Toggles } from './Toggles.tsx';

type Engine = {
  label: string;
  health: { isHealthy: boolean; message: string };
  baseModels: readonly Model[];
  parameters: readonly ParameterRef[];
  toggles: readonly {
    name: string;
    label: string;
    description: string;
    unsupported?: string | null;
    parameters: readonly ParameterRef[];
  }[];
};

/** What to make. It stays as it is while one looks at what came of it. */
export function Composer(props: {
  draft: Draft;
  setDraft: SetStoreFunction<Draft>;
  facts: Facts;
  engine: Engine;
  loras: readonly LoraOption[];
  pending: boolean;
  refusal: string | null;
  onStart: () => void;
}) {
  const model = createMemo(() => modelOf(props.engine.baseModels, props.draft, props.loras));
  const facts = createMemo(() => factsWith(model(), props.facts));
  const problems = createMemo(() => {
    const { label, unsupported } = model() ?? {};
    const ofModel = unsupported == null ? [] : [`${label}: ${unsupported}`];
    return [...problemsOf(props.draft, facts()), ...ofModel];
  });
  const used = () => props.loras.filter((lora) => props.draft.loras.some((use) => use.loraId === lora.id));
  const fitting = createMemo(() => props.loras.filter((lora) => lora.family === model()?.family));
  const words = createMemo(() => [...new Set(used().flatMap((lora) => lora.triggerWord ?? []))]);
  const negative = () => facts().parameters.find((parameter) => parameter.name === 'negativePrompt');
  const defaultOf = (name: string) => {
    const parameter = facts().parameters.find((candidate) => candidate.name === name);
    return parameter === undefined ? '' : defaultText(parameter);
  };
  const rest = createMemo(() =>
    props.engine.parameters
      .map((ref) => ({ ref, about: useFragment(ParameterFields, ref) }))
      .filter(({ about }) => !hasOwnField(about)),
  );
  const toggles = createMemo(() =>
    props.engine.toggles.map((toggle, place) => ({
      ...toggle,
      unsupported: facts().toggles[place]?.unsupported ?? null,
    })),
  );
  const start = (event: Event) => {
    event.preventDefault();
    if (problems().length === 0 && !props.pending) props.onStart();
  };
  createShortcuts('Generate', [{ keys: 'mod+enter', label: 'Generate, from any field' }]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start(event);
  };

  return (
    <form class={styles.composer} onSubmit={start} onKeyDown={onKeyDown} aria-label="What to generate">
      <div class={styles.body}>
        <PromptField
          draft={props.draft}
          words={words()}
          onPrompt={(prompt) => props.setDraft('prompt', prompt)}
          onTemplate={(template) => props.setDraft(template)}
        />
        <LoraStack
          uses={props.draft.loras}
          loras={props.loras}
          onChange={(uses) => props.setDraft('loras', uses)}
        />
        <AspectPicker
          aspects={facts().aspects}
          aspect={props.draft.aspect}
          quality={props.draft.quality}
          onAspect={(name) => props.setDraft('aspect', name)}
          onQuality={(quality) => props.setDraft('quality', quality)}
        />
        <GridEditor
          grid={props.draft.grid}
          loras={fitting()}
          onChange={(change) => props.setDraft('grid', change)}
        />
        <div class={styles.pair} data-single={props.draft.grid.on}>
          <Show when={!props.draft.grid.on}>
            <RangeField
              label="Images"
              min={1}
              max={16}
              step={1}
              value={props.draft.count}
              onInput={(count) => props.setDraft('count', count)}
            />
          </Show>
          <Show when={!hasGridSeeds(props.draft)}>
            <SeedField
              seed={props.draft.seed}
              isLocked={props.draft.isSeedLocked}
              onChange={(seed, isSeedLocked) => props.setDraft({ seed, isSeedLocked })}
            />
          </Show>
        </div>
        <details class={styles.more}>
          <summary>Negative prompt, model, sampling</summary>
          <div class={styles.fields}>
            <TextArea
              label="Negative prompt"
              rows={2}
              maxLength={1000}
              disabled={negative()?.unsupported != null}
              help={negative()?.unsupported ?? 'What the picture should not show.'}
              value={props.draft.negativePrompt}
              onInput={(event) => props.setDraft('negativePrompt', event.currentTarget.value)}
            />
            <SelectField
              label="Base model"
              value={model()?.id ?? ''}
              options={props.engine.baseModels.map(({ id, label, unsupported }) => ({
                value: id,
                label,
                unsupported,
              }))}
              error={model()?.unsupported ?? undefined}
              onChange={(baseModel) => props.setDraft({ baseModel })}
            />
            <For each={rest()}>
              {({ ref, about }) => (
                <ParameterField
                  parameter={ref}
                  text={props.draft.texts[about.name] ?? defaultOf(about.name)}
                  onInput={(text) => props.setDraft('texts', about.name, text)}
                />
              )}
            </For>
          </div>
        </details>
        <Toggles
          toggles={toggles()}
          drafts={props.draft.toggles}
          onChange={(name, toggle) => props.setDraft('toggles', name, toggle)}
        />
      </div>
      <div class={styles.foot}>
        <Show when={!props.engine.health.isHealthy}>
          <p class={styles.warn}>
            {props.engine.label} is not ready: {props.engine.health.message}
            {model()?.unsupported == null ? ' The batch waits in the queue.' : ''}
          </p>
        </Show>
        <Show when={props.refusal}>
          <p class={styles.bad} role="alert">
            {props.refusal}
          </p>
        </Show>
        <Show
          when={problems().length > 0 && (props.draft.prompt.trim() !== '' || hasGridPrompts(props.draft))}
        >
          <p class={styles.bad} role="status">
            {problems().join(' ')}
          </p>
        </Show>
        <Button
          kind="primary"
          type="submit"
          icon={Sparkles}
          pending={props.pending}
          disabled={problems().length > 0}
        >
          Generate {plural(imageCountOf(props.draft), 'image')}
        </Button>
      </div>
    </form>
  );
}
