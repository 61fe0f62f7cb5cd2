import { useNavigate, useParams, useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import type { TrainingPresetName } from '../gql/graphql.ts';
import { graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { ParameterFields } from '../parameters/ParameterField.tsx';
import { isSame, type Parameter, problemOf, type Texts } from '../parameters/parameter.ts';
import { NotFound } from '../ui/ErrorState.tsx';
import { SelectField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ConfigForm } from './ConfigForm.tsx';
import { ConfigFields } from './config-fields.ts';
import { configOf, textsOf } from './config-form.ts';
import { createPreflight } from './create-preflight.ts';
import { PresetCards } from './PresetCards.tsx';
import { StartSummary } from './StartSummary.tsx';
import styles from './StartTrainingPage.module.css';
import { StartTraining } from './start-training.ts';

const StartTrainingQuery = graphql(`
  query StartTrainingPage($id: ID!, $from: ID!) {
    character(id: $id) { id name ...StartSummary_character }
    training(id: $from) { id preset baseModel config { ...TrainingConfigFields } }
    capabilities {
      training {
        label
        baseModels { id label description unsupported }
        parameters { ...ParameterField_parameter }
        presets { name label description config { ...TrainingConfigFields } ...PresetCards_preset }
      }
    }
  }
`);

// `training(id:)` wants an id even when nothing is to be trained again; this one is found nowhere.
const NO_TRAINING = '00000000-0000-0000-0000-000000000000';

export function StartTrainingPage() {
  const params = useParams<{ id: string }>();
  const navigate = useNavigate();
  const [search] = useSearchParams<{ from: string }>();
  const query = createPageQuery(StartTrainingQuery, () => ({
    id: params.id,
    from: search.from ?? NO_TRAINING,
  }));
  const start = createAction(StartTraining);
  const [preset, setPreset] = createSignal<TrainingPresetName>('BALANCED');
  const [baseModel, setBaseModel] = createSignal<string | null>(null);
  const [texts, setTexts] = createStore<Texts>({});
  const [refusal, setRefusal] = createSignal<string | null>(null);

  const engine = () => query.data()?.capabilities.training;
  const parameters = createMemo(
    () => useFragment(ParameterFields, engine()?.parameters ?? []) as readonly Parameter[],
  );
  const presetTexts = createMemo(() => {
    const found = engine()?.presets.find((candidate) => candidate.name === preset());
    const config =
      found === undefined || preset() === 'CUSTOM' ? null : useFragment(ConfigFields, found.config);
    return textsOf(parameters(), config);
  });
  const choose = (name: TrainingPresetName) => {
    setPreset(name);
    setTexts(presetTexts());
  };
  createEffect(
    on(
      () => engine() !== undefined,
      (isThere) => {
        if (!isThere) return;
        const again = query.data()?.training;
        choose(again?.preset ?? 'BALANCED');
        if (again == null) return;
        setBaseModel(again.baseModel);
        setTexts(textsOf(parameters(), useFragment(ConfigFields, again.config)));
      },
    ),
  );

  /** As chosen, else the first that can be used: what the server takes when none is named. */
  const model = createMemo(() => {
    const models = engine()?.baseModels ?? [];
    return (
      models.find(({ id }) => id === baseModel()) ??
      models.find(({ unsupported }) => unsupported == null) ??
      models[0]
    );
  });

  const problems = createMemo(() =>
    parameters().filter(
      (parameter) =>
        parameter.unsupported == null && problemOf(parameter, texts[parameter.name] ?? '') !== undefined,
    ),
  );
  const changed = createMemo(() =>
    parameters().filter(
      (parameter) => !isSame(parameter, texts[parameter.name] ?? '', presetTexts()[parameter.name] ?? ''),
    ),
  );

  const input = () => ({
    characterId: params.id,
    baseModel: baseModel(),
    preset: preset(),
    config: configOf(parameters(), texts),
  });
  const preflight = createPreflight(() => (engine() === undefined || problems().length > 0 ? null : input()));

  const submit = async () => {
    setRefusal(null);
    const data = await start.run({ input: input() });
    const result = data?.startTraining;
    if (result === undefined) return;
    if ('training' in result) return navigate(`/trainings/${result.training.id}`);
    const issues = 'issues' in result ? result.issues.map((issue) => issue.message).join(' ') : '';
    setRefusal(issues === '' ? result.message : issues);
  };

  return (
    <Page
      title="New training"
      crumbs={[
        { label: 'Characters', href: '/' },
        { label: query.data()?.character?.name ?? 'Character', href: `/characters/${params.id}` },
      ]}
    >
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {(data) => (
          <Show
            when={data().character}
            fallback={<NotFound what="character" href="/" back="To all characters" />}
          >
            {(character) => (
              <div class={styles.layout}>
                <div class={styles.choice}>
                  <h2>Preset</h2>
                  <PresetCards
                    presets={data().capabilities.training.presets}
                    value={preset()}
                    onChange={choose}
                  />
                  <SelectField
                    label="Base model"
                    value={model()?.id ?? ''}
                    options={data().capabilities.training.baseModels.map(({ id, label, unsupported }) => ({
                      value: id,
                      label,
                      unsupported,
                    }))}
                    help={model()?.description ?? ''}
                    error={model()?.unsupported ?? undefined}
                    onChange={setBaseModel}
                  />
                </div>
                <ConfigForm
                  parameters={data().capabilities.training.parameters}
                  texts={texts}
                  changed={changed().map((parameter) => parameter.name)}
                  onInput={(name, text) => setTexts(name, text)}
                  onReset={(name) => setTexts(name, presetTexts()[name] ?? '')}
                />
                <StartSummary
                  character={character()}
                  engine={data().capabilities.training.label}
                  preflight={preflight()}
                  texts={texts}
                  changed={changed().length}
                  problems={problems().map((parameter) => parameter.label)}
                  refusal={refusal()}
                  pending={start.pending()}
                  onStart={submit}
                />
              </div>
            )}
          </Show>
        )}
      </Loaded>
    </Page>
  );
}
