import { useSearchParams } from '@solidjs/router';
import { createEffect, Show } from 'solid-js';
import type { JobKind, JobState } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPager } from '../graphql/pager.ts';
import { createPages } from '../graphql/query.ts';
import { Each } from '../ui/Each.tsx';
import { SelectField } from '../ui/Field.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { EndedRow } from './EndedRow.tsx';
import { PagerButtons } from './PagerButtons.tsx';
import styles from './QueuePage.module.css';
import rows from './Rows.module.css';

const SIZE = 25;

const DoneQuery = graphql(`
  query DoneJobs(
    $states: [JobState!]!
    $kinds: [JobKind!]
    $characterId: ID
    $wasRetried: Boolean
    $first: Int!
    $after: String
  ) {
    jobs(
      states: $states
      kinds: $kinds
      characterId: $characterId
      wasRetried: $wasRetried
      first: $first
      after: $after
    ) {
      edges { node { id ...EndedRow_job } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const CharactersQuery = graphql(`
  query DoneCharacters($after: String) {
    characters(first: 100, after: $after, sort: NAME) {
      edges { node { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const KINDS: readonly { value: JobKind; label: string }[] = [
  { value: 'TRAINING', label: 'Trainings' },
  { value: 'GENERATION', label: 'Generations' },
  { value: 'DOWNLOAD', label: 'Downloads' },
];

type Outcome = { value: string; label: string; states: JobState[]; wasRetried: boolean | null };
const ANY: Outcome = {
  value: '',
  label: 'Done or cancelled',
  states: ['COMPLETED', 'CANCELLED'],
  wasRetried: null,
};
const OUTCOMES: readonly Outcome[] = [
  ANY,
  { value: 'done', label: 'Done', states: ['COMPLETED'], wasRetried: null },
  { value: 'cancelled', label: 'Cancelled', states: ['CANCELLED'], wasRetried: null },
  { value: 'retried', label: 'Failed, tried again', states: ['FAILED'], wasRetried: true },
];

/** What has ended, a page at a time, the newest first. What it is narrowed to stands in the address. */
export function Done() {
  let section: HTMLElement | undefined;
  const [params, setParams] = useSearchParams<{ kind?: string; character?: string; outcome?: string }>();
  const kind = () => KINDS.find(({ value }) => value === params.kind)?.value;
  const outcome = () => OUTCOMES.find(({ value }) => value === params.outcome) ?? ANY;
  const pager = createPager({
    query: DoneQuery,
    variables: (after) => {
      const only = kind();
      const { states, wasRetried } = outcome();
      const kinds = only === undefined ? null : [only];
      return { states, wasRetried, kinds, characterId: params.character ?? null, first: SIZE, after };
    },
    connection: (data) => data.jobs,
  });
  const characters = createPages({
    query: CharactersQuery,
    variables: (after) => ({ after }),
    connection: (data) => data.characters,
  });
  // All of them are to be chosen from.
  createEffect(() => characters.hasMore() && characters.more());
  const narrow = (change: Record<string, string>) => setParams(change, { replace: true, scroll: false });
  const isNarrowed = () => kind() !== undefined || params.character !== undefined || outcome() !== ANY;

  return (
    <section ref={section} class={styles.line} aria-label="Done" tabindex="-1">
      <header class={styles.head}>
        <h2 class={styles.title}>Done</h2>
        <div class={styles.filters}>
          <SelectField
            label="Kind"
            hideLabel
            value={kind() ?? ''}
            options={[{ value: '', label: 'All kinds' }, ...KINDS]}
            onChange={(value) => narrow({ kind: value })}
          />
          <SelectField
            label="Character"
            hideLabel
            value={params.character ?? ''}
            options={[
              { value: '', label: 'All characters' },
              ...characters.nodes().map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(value) => narrow({ character: value })}
          />
          <SelectField
            label="Outcome"
            hideLabel
            value={outcome().value}
            options={OUTCOMES}
            onChange={(value) => narrow({ outcome: value })}
          />
        </div>
      </header>
      <Loaded query={pager.query} skeleton={<PageSkeleton kind="lines" />}>
        {() => (
          <Show
            when={pager.nodes().length > 0}
            fallback={
              <p class={styles.none}>{isNarrowed() ? 'Nothing of this kind.' : 'Nothing is done yet.'}</p>
            }
          >
            <ul class={rows.list}>
              <Each each={pager.nodes()}>{(job) => <EndedRow job={job()} />}</Each>
            </ul>
          </Show>
        )}
      </Loaded>
      <PagerButtons pager={pager} what={`Page ${pager.index() + 1}`} onTurn={() => section?.focus()} />
    </section>
  );
}
