import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPager } from '../graphql/pager.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { plural } from '../ui/format.ts';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import { EndedRow } from './EndedRow.tsx';
import { PagerButtons } from './PagerButtons.tsx';
import styles from './QueuePage.module.css';
import rows from './Rows.module.css';

const SIZE = 25;

const FailedQuery = graphql(`
  query FailedJobs($first: Int!, $after: String) {
    jobs(states: [FAILED], wasRetried: false, first: $first, after: $after) {
      edges { node { id ...EndedRow_job } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const RetryFailedJobs = graphql(`
  mutation RetryFailedJobs($input: RetryFailedJobsInput!, $idempotencyKey: String) {
    retryFailedJobs(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on RetryFailedJobsSuccess { retries { jobs { id } skipped { message job { id title } } } }
      ... on UserError { message }
    }
  }
`);

/** What failed and was not tried again: what somebody should look at. */
export function Failed() {
  let section: HTMLElement | undefined;
  const pager = createPager({
    query: FailedQuery,
    variables: (after) => ({ first: SIZE, after }),
    connection: (data) => data.jobs,
  });
  return (
    <Show when={pager.nodes().length > 0 || pager.query.problem() !== null}>
      <section ref={section} class={styles.line} aria-label="Failed" tabindex="-1">
        <header class={styles.head}>
          <h2 class={styles.title}>Failed</h2>
          <Show when={can('WRITE_JOBS')}>
            <RetryAllButton />
          </Show>
        </header>
        <Loaded query={pager.query} skeleton={<PageSkeleton kind="lines" />}>
          {() => (
            <ul class={rows.list}>
              <Each each={pager.nodes()}>{(job) => <EndedRow job={job()} />}</Each>
            </ul>
          )}
        </Loaded>
        <PagerButtons pager={pager} what={`Page ${pager.index() + 1}`} onTurn={() => section?.focus()} />
      </section>
    </Show>
  );
}

function RetryAllButton() {
  const action = createAction(RetryFailedJobs);
  const retry = async () => {
    const result = (await action.run({ input: {} }))?.retryFailedJobs;
    if (result === undefined) return;
    if (!('retries' in result))
      return toast({ kind: 'bad', title: 'Nothing was started again', message: result.message });
    const { jobs, skipped } = result.retries;
    if (jobs.length > 0) toast({ kind: 'good', title: `${plural(jobs.length, 'job')} in line again` });
    const [first] = skipped;
    if (first !== undefined)
      toast({
        kind: 'bad',
        title: `${plural(skipped.length, 'job')} could not be tried again`,
        message: `${first.job?.title ?? 'One that was deleted'}: ${first.message}`,
      });
  };
  return (
    <Button size="small" icon={RotateCcw} pending={action.pending()} onClick={retry}>
      Try all again
    </Button>
  );
}
