import { A } from '@solidjs/router';
import Download from 'lucide-solid/icons/download';
import Flame from 'lucide-solid/icons/flame';
import Sparkles from 'lucide-solid/icons/sparkles';
import { Match, Show, Switch } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { jobHref } from '../shell/job-link.ts';
import { stepsWord } from '../shell/job-steps.ts';
import { formatDuration, formatEta } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import { Time } from '../ui/Time.tsx';
import { JobActions } from './JobActions.tsx';
import styles from './JobRow.module.css';
import { placeWord } from './place.ts';

const Job = graphql(`
  fragment JobRow_job on Job {
    id
    kind
    state
    title
    step
    steps
    place { position expectedStartAt waitsFor { reason message until } }
    attempt
    elapsedSeconds
    createdAt
    finishedAt
    eta { seconds lowSeconds highSeconds }
    error { message advice }
  }
`);

export function JobRow(props: { job: FragmentType<typeof Job>; order: readonly string[] }) {
  const job = () => useFragment(Job, props.job);
  return (
    <li class={styles.row}>
      <Switch fallback={<Sparkles size={16} aria-label="Generation" />}>
        <Match when={job().kind === 'TRAINING'}>
          <Flame size={16} aria-label="Training" />
        </Match>
        <Match when={job().kind === 'DOWNLOAD'}>
          <Download size={16} aria-label="Download" />
        </Match>
      </Switch>
      <div class={styles.what}>
        <A href={jobHref(job())} class={styles.title}>
          {job().title}
        </A>
        <Show when={job().error}>
          {(error) => (
            <p class={styles.why}>
              {error().message} <span class="muted">{error().advice}</span>
            </p>
          )}
        </Show>
      </div>
      <div class={`${styles.state} numbers`}>
        <Switch fallback={<StateBadge state={job().state} />}>
          <Match when={job().state === 'RUNNING'}>
            <div class={styles.progress}>
              <Progress value={job().step} max={job().steps} label={`${job().title}, steps`} />
              <span class={styles.numbers}>
                {stepsWord(job())}
                <Show when={job().eta}>{(eta) => <> · {formatEta(eta())}</>}</Show>
              </span>
            </div>
          </Match>
          <Match when={job().state === 'QUEUED'}>
            <span title={job().place?.waitsFor.message}>
              <StateBadge state="QUEUED" word={placeWord(job().place)} />
            </span>
          </Match>
        </Switch>
      </div>
      <span class={`${styles.when} numbers`}>
        <Show when={job().finishedAt} fallback={<Time at={job().createdAt} />}>
          {(at) => (
            <>
              <Time at={at()} />
              <Show when={job().elapsedSeconds}>{(seconds) => <>, took {formatDuration(seconds())}</>}</Show>
            </>
          )}
        </Show>
        <Show when={job().attempt > 1}> · attempt {job().attempt}</Show>
      </span>
      <JobActions job={job()} order={props.order} />
    </li>
  );
}
