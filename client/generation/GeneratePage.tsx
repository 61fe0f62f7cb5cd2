import { useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js';
import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { ParameterFields } from '../parameters/ParameterField.tsx';
import type { Parameter } from '../parameters/parameter.ts';
import { announce } from '../ui/announce.ts';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Composer } from './Composer.tsx';
import { ContactSheet } from './ContactSheet.tsx';
import { createDraft } from './create-draft.ts';
import { type Facts, inputOf, MAX_LORAS, withWord } from './draft.ts';
import styles from './GeneratePage.module.css';
import { loraOption } from './lora-option.ts';
import { factsWith, modelOf } from './model-facts.ts';

const GeneratePageQuery = graphql(`
  query GeneratePage {
    aspectPresets { name width height }
    capabilities {
      generation {
        label
        health { isHealthy message }
        baseModels {
          id
          label
          family
          resolutions
          unsupported
          defaults { steps guidanceScale sampler scheduler }
          lacks { parameter reason }
        }
        parameters { ...ParameterField_parameter }
        toggles {
          name
          label
          description
          unsupported
          parameters { ...ParameterField_parameter }
        }
      }
    }
    loras(first: 100) { edges { node { id ...LoraStack_lora } } }
  }
`);

const StartGeneration = graphql(`
  mutation StartGeneration($input: StartGenerationInput!, $idempotencyKey: String) {
    startGeneration(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on StartGenerationSuccess { generation { id seed } }
      ... on UserError { message }
      ... on InvalidInput { issues { field message } }
    }
  }
`);

export function GeneratePage() {
  const [params, setParams] = useSearchParams<{ lora: string }>();
  const query = createPageQuery(GeneratePageQuery, () => ({}));
  const start = createAction(StartGeneration);
  const [draft, setDraft] = createDraft();
  const [refusal, setRefusal] = createSignal<string | null>(null);

  let sheet: HTMLDivElement | undefined;
  const engine = () => query.data()?.capabilities.generation;
  const loras = createMemo(() => query.data()?.loras.edges.map((edge) => loraOption(edge.node)) ?? []);
  const facts = createMemo(
    (): Facts => ({
      parameters: useFragment(ParameterFields, engine()?.parameters ?? []) as readonly Parameter[],
      toggles: (engine()?.toggles ?? []).map((toggle) => ({
        ...toggle,
        parameters: useFragment(ParameterFields, toggle.parameters) as readonly Parameter[],
      })),
      aspects: query.data()?.aspectPresets ?? [],
    }),
  );

  // `?lora=` comes from "Generate with …": it joins the draft, and the address is plain again.
  createEffect(
    on([() => params.lora, loras], ([wanted, known]) => {
      if (wanted === undefined || known.length === 0) return;
      const lora = known.find((candidate) => candidate.id === wanted);
      setParams({ lora: null }, { replace: true });
      if (lora === undefined) return;
      const others = draft.loras.filter((use) => use.loraId !== wanted).slice(0, MAX_LORAS - 1);
      setDraft({ loras: [{ loraId: wanted, strength: 0.8 }, ...others], baseModel: lora.baseModel });
      if (lora.triggerWord != null) setDraft('prompt', withWord(draft.prompt, lora.triggerWord));
    }),
  );
  // A LoRA that is gone cannot be used; a draft must not fail for it.
  createEffect(
    on(loras, (known) => {
      if (query.data() === undefined) return;
      const isThere = (id: string | null) => id === null || known.some((lora) => lora.id === id);
      setDraft('loras', (uses) => uses.filter((use) => isThere(use.loraId)));
      setDraft('grid', 'loraIds', (ids) => ids.filter(isThere));
    }),
  );

  const submit = async () => {
    setRefusal(null);
    const model = modelOf(engine()?.baseModels ?? [], draft, loras());
    const data = await start.run({ input: inputOf(draft, factsWith(model, facts())) });
    const result = data?.startGeneration;
    if (result === undefined) return;
    if ('generation' in result) {
      announce('The batch waits in the queue.');
      // On one column the sheet is below the composer: what was asked for must be seen to begin.
      if (window.matchMedia('(max-width: 1080px)').matches) sheet?.scrollIntoView();
    } else
      setRefusal('issues' in result ? result.issues.map((issue) => issue.message).join(' ') : result.message);
  };

  return (
    <Page title="Generate">
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {(data) => (
          <div class={styles.layout} data-alone={!can('WRITE_JOBS')}>
            <Show
              when={can('WRITE_JOBS')}
              fallback={
                <p class="muted">
                  You see what others generate. {whyForbidden(['write:jobs'], user()?.role)}
                </p>
              }
            >
              <Composer
                draft={draft}
                setDraft={setDraft}
                facts={facts()}
                engine={data().capabilities.generation}
                loras={loras()}
                pending={start.pending()}
                refusal={refusal()}
                onStart={submit}
              />
            </Show>
            <div ref={sheet} class={styles.sheet}>
              <ContactSheet onUseSeed={(seed) => setDraft({ seed: String(seed), isSeedLocked: true })} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
