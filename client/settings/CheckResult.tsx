import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleCheck from 'lucide-solid/icons/circle-check';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { plural } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import settings from './Settings.module.css';
import styles from './Storage.module.css';
import { FINDING_WORDS } from './storage-words.ts';

const Check = graphql(`
  fragment CheckResult_check on ConsistencyCheck {
    id
    startedAt
    finishedAt
    jobs
    rows
    files
    error
    inconsistencies(first: 20) {
      edges { cursor node { kind subject message } }
      pageInfo { hasNextPage }
    }
  }
`);

/** What a check that has ended found, worst news first. */
export function CheckResult(props: { check: FragmentType<typeof Check> }) {
  const check = () => useFragment(Check, props.check);
  const findings = () => check().inconsistencies.edges.map(({ node }) => node);
  const isSound = () => check().error == null && findings().length === 0;
  return (
    <div class={settings.what}>
      <p class={settings.name} data-sound={isSound()}>
        <Show
          when={isSound()}
          fallback={<CircleAlert size={16} aria-hidden="true" class={styles.bad ?? ''} />}
        >
          <CircleCheck size={16} aria-hidden="true" class={styles.good ?? ''} />
        </Show>
        <strong>
          {verdict(check().error, findings().length, check().inconsistencies.pageInfo.hasNextPage)}
        </strong>
      </p>
      <p class={settings.facts}>
        <Time at={check().finishedAt ?? check().startedAt} />: {plural(check().files, 'file')},{' '}
        {plural(check().rows, 'row')} and {plural(check().jobs, 'open job')} were looked at.
      </p>
      <Show when={check().error}>{(error) => <p class={settings.facts}>{error()}</p>}</Show>
      <Show when={findings().length > 0}>
        <ul class={styles.findings}>
          <For each={findings()}>
            {({ kind, message }) => (
              <li class={styles.finding}>
                <strong>{FINDING_WORDS[kind].title}</strong>
                <span>{message}</span>
                <span class="muted">{FINDING_WORDS[kind].advice}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}

function verdict(error: string | null | undefined, found: number, isMore: boolean): string {
  if (error != null) return 'The check could not be done to its end';
  if (found === 0) return 'Everything agrees';
  return isMore ? `More than ${plural(found, 'finding')}` : plural(found, 'finding');
}
