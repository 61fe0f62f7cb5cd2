import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleCheck from 'lucide-solid/icons/circle-check';
import CircleSlash from 'lucide-solid/icons/circle-slash';
import { Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CorrelationId } from '../ui/CorrelationId.tsx';
import { Time } from '../ui/Time.tsx';
import styles from './AuditLog.module.css';
import { operationWords, outcomeWords } from './audit-words.ts';

const Entry = graphql(`
  fragment AuditRow_entry on AuditEntry {
    id
    at
    operation
    outcome
    userName
    apiKeyId
    address
    correlationId
  }
`);

const ICON = { good: CircleCheck, warn: CircleSlash, bad: CircleAlert };

export function AuditRow(props: { entry: FragmentType<typeof Entry> }) {
  const entry = () => useFragment(Entry, props.entry);
  const outcome = () => outcomeWords(entry().outcome);
  return (
    <li class={styles.row}>
      <span class={styles.what} title={entry().operation}>
        {operationWords(entry().operation)}
      </span>
      <span class={styles.outcome} data-tone={outcome().tone}>
        <Dynamic component={ICON[outcome().tone]} size={16} aria-hidden="true" />
        {outcome().word}
      </span>
      <span class={styles.who}>
        {entry().userName ?? 'Nobody signed in'}
        <Show when={entry().apiKeyId}>
          <span class="muted">, by API key</span>
        </Show>
      </span>
      <span class={`${styles.address} numbers`}>{entry().address}</span>
      <span class={styles.when}>
        <Time at={entry().at} />
      </span>
      <div class={styles.trace}>
        <CorrelationId id={entry().correlationId} />
      </div>
    </li>
  );
}
