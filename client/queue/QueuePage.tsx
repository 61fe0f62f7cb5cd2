import ListOrdered from 'lucide-solid/icons/list-ordered';
import { createMemo, type JSX, Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { JobState } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { formatCount } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { JobRow } from './JobRow.tsx';
import styles from './QueuePage.module.css';

const JobsQuery = graphql(`
  query Jobs($states: [JobState!]!, $after: String) {
    jobs(states: $states, first: 25, after: $after) {
      edges { node { id ...JobRow_job } }
      pageInfo { hasNextPage endCursor }
    }
    jobCounts { queued running completed failed cancelled }
  }
`);

function createJobs(states: JobState[]) {
  return createPages({
    query: JobsQuery,
    variables: (after) => ({ states, after }),
    connection: (data) => data.jobs,
  });
}

export function QueuePage() {
  const running = createJobs(['RUNNING']);
  const waiting = createJobs(['QUEUED']);
  const failed = createJobs(['FAILED']);
  const done = createJobs(['COMPLETED', 'CANCELLED']);
  const counts = () => running.first.data()?.jobCounts;
  const isEmpty = () => [running, waiting, failed, done].every((list) => list.nodes().length === 0);
  const waitingIds = createMemo(() => waiting.nodes().map((job) => job.id));

  return (
    <Page title="Queue">
      <Loaded query={done.first} skeleton={<PageSkeleton kind="lines" />}>
        {() => (
          <Show
            when={!isEmpty()}
            fallback={
              <EmptyState
                icon={ListOrdered}
                title="Nothing runs and nothing waits"
                actions={
                  <Show when={can('WRITE_JOBS')}>
                    <LinkButton href="/generate">Generate</LinkButton>
                  </Show>
                }
              >
                Trainings and generations line up here. They go on when this page is closed.
              </EmptyState>
            }
          >
            <div class={styles.lanes}>
              <Lane title="Running" list={running} count={counts()?.running} empty="Nothing runs now." />
              <Lane
                title="Waiting"
                list={waiting}
                count={counts()?.queued}
                empty="Nothing waits."
                order={waitingIds()}
              />
              <Show when={failed.nodes().length > 0}>
                <Lane title="Failed" list={failed} count={counts()?.failed} />
              </Show>
              <Lane
                title="Done"
                list={done}
                count={(counts()?.completed ?? 0) + (counts()?.cancelled ?? 0)}
                empty="Nothing is done yet."
              />
            </div>
          </Show>
        )}
      </Loaded>
    </Page>
  );
}

function Lane(props: {
  title: string;
  list: ReturnType<typeof createJobs>;
  count: number | undefined;
  empty?: string;
  order?: readonly string[];
}): JSX.Element {
  return (
    <section aria-label={props.title}>
      <h2 class={styles.title}>
        {props.title}{' '}
        <span class="muted numbers">{props.count === undefined ? '' : formatCount(props.count)}</span>
      </h2>
      <Show when={props.list.nodes().length > 0} fallback={<p class={styles.none}>{props.empty}</p>}>
        <ul class={styles.list}>
          <Each each={props.list.nodes()}>{(job) => <JobRow job={job()} order={props.order ?? []} />}</Each>
        </ul>
      </Show>
      <Show when={props.list.hasMore()}>
        <Button kind="quiet" onClick={props.list.more}>
          Show more
        </Button>
      </Show>
    </section>
  );
}
