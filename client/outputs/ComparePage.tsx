import { A, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Show } from 'solid-js';
import { graphql, useFragment } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { NotFound } from '../ui/ErrorState.tsx';
import { Picture } from '../ui/ImageTile.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ZoomStage } from '../ui/ZoomStage.tsx';
import { WHOLE } from '../ui/zoom.ts';
import styles from './ComparePage.module.css';
import { differencesOf } from './differences.ts';

const Compared = graphql(`
  query Compared($a: ID!, $b: ID!, $c: ID!, $d: ID!) {
    a: output(id: $a) { ...Compare_output }
    b: output(id: $b) { ...Compare_output }
    c: output(id: $c) { ...Compare_output }
    d: output(id: $d) { ...Compare_output }
  }
`);

const Output = graphql(`
  fragment Compare_output on Output {
    id
    seed
    width
    height
    thumbHash
    url
    prompt
    loras { name strength }
    generation {
      id
      baseModel
      samplingSteps
      guidanceScale
      sampler
      scheduler
    }
  }
`);

/** Two to four images side by side: what one looks at in one of them is seen in all. */
export function ComparePage() {
  const [params] = useSearchParams<{ ids: string; back: string }>();
  const ids = createMemo(() => [...new Set((params.ids ?? '').split(','))].slice(0, 4));
  const query = createPageQuery(Compared, () => {
    const [a = '', b = '', c = '', d = ''] = ids();
    return { a, b, c, d };
  });
  const found = createMemo(() => {
    const data = query.data();
    const all = data === undefined ? [] : [data.a, data.b, data.c, data.d];
    return all.flatMap((output) => (output == null ? [] : [useFragment(Output, output)]));
  });
  const differences = createMemo(() => differencesOf(found()));
  const [zoom, setZoom] = createSignal(WHOLE);
  // Only ways within this site.
  const back = () => (/^\/(?!\/)/.test(params.back ?? '') ? (params.back ?? '/outputs') : '/outputs');

  return (
    <Page
      title="Compare"
      crumbs={[{ label: 'Gallery', href: back() }]}
      actions={
        <Button kind="quiet" disabled={zoom().scale === 1} onClick={() => setZoom(WHOLE)}>
          <span class="numbers">{Math.round(zoom().scale * 100)} %</span> Show all
        </Button>
      }
    >
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {() => (
          <Show
            when={found().length > 0}
            fallback={<NotFound what="image" href={back()} back="To the gallery" />}
          >
            <ul class={styles.stages} style={{ '--columns': found().length === 4 ? 2 : found().length }}>
              <Each each={found()}>
                {(output, index) => (
                  <li class={styles.one}>
                    <ZoomStage
                      zoom={zoom()}
                      onZoom={setZoom}
                      label={`Image ${index() + 1} of ${found().length}: ${output().prompt}`}
                    >
                      <Picture
                        src={output().url}
                        thumbHash={output().thumbHash}
                        alt={output().prompt}
                        fit="contain"
                        eager
                      />
                    </ZoomStage>
                    <p class={styles.caption}>
                      <span class={styles.differs} title={differences()[index()]}>
                        {differences()[index()]}
                      </span>
                      <A href={`/outputs/${output().id}`} class="muted">
                        Open image {index() + 1}
                      </A>
                    </p>
                  </li>
                )}
              </Each>
            </ul>
          </Show>
        )}
      </Loaded>
    </Page>
  );
}
