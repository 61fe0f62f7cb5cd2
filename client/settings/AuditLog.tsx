import ScrollText from 'lucide-solid/icons/scroll-text';
import { Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { More } from '../ui/More.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './AuditLog.module.css';
import { AuditRow } from './AuditRow.tsx';

const AuditQuery = graphql(`
  query Audit($after: String) {
    auditLog(first: 50, after: $after) {
      edges { node { id ...AuditRow_entry } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** Who changed what, the newest first. */
export function AuditLog() {
  const list = createPages({
    query: AuditQuery,
    variables: (after) => ({ after }),
    connection: (data) => data.auditLog,
  });
  return (
    <Loaded query={list.first} skeleton={<PageSkeleton kind="lines" />}>
      {() => (
        <Show
          when={list.nodes().length > 0}
          fallback={
            <EmptyState icon={ScrollText} title="Nothing has been changed yet">
              Each change leaves a line here that says who made it. Lines are kept for a year.
            </EmptyState>
          }
        >
          <ul class={styles.log} aria-label="Changes, the newest first">
            <Each each={list.nodes()}>{(entry) => <AuditRow entry={entry()} />}</Each>
          </ul>
          <More when={list.hasMore()} onMore={list.more} />
        </Show>
      )}
    </Loaded>
  );
}
