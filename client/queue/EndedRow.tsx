import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { jobHref } from '../shell/job-link.ts';
import { stepsWord } from '../shell/job-steps.ts';
import { formatDuration } from '../ui/format.ts';
import { StateBadge } from '../ui/StateBadge.tsx';
import { Time } from '../ui/Time.tsx';
import { KindIcon } from './KindIcon.tsx';
import { RetryJobButton } from './RetryJobButton.tsx';
import rows from './Rows.module.css';

const Job = graphql(`
  fragment EndedRow_job on Job {
    id
    kind
    state
    title
    step
    steps
    attempt
    elapsedSeconds
    finishedAt
    error { message advice }
  }
`);

/** A job that has ended: how, when, why, and once more. */
export function EndedRow(props: { job: FragmentType<typeof Job> }) {
  const job = () => useFragment(Job, props.job);
  return (
    <li class={rows.row} data-kind="ended">
      <KindIcon kind={job().kind} />
      <div class={rows.what}>
        <A href={jobHref(job())} class={rows.title}>
          {job().title}
        </A>
        <Show when={job().error}>
          {(error) => (
            <p class={rows.why}>
              {error().message} <span class="muted">{error().advice}</span>
            </p>
          )}
        </Show>
      </div>
      <span class={rows.state}>
        <StateBadge state={job().state} />
        <Show when={job().state !== 'COMPLETED' && job().step > 0}>
          <span class={`${rows.small} numbers`}>at {stepsWord(job())}</span>
        </Show>
      </span>
      <span class={`${rows.when} numbers`}>
        <Show when={job().finishedAt}>{(at) => <Time at={at()} />}</Show>
        <Show when={job().elapsedSeconds}>{(seconds) => <>, took {formatDuration(seconds())}</>}</Show>
        <Show when={job().attempt > 1}>, {job().attempt} attempts</Show>
      </span>
      <div class={rows.actions}>
        <Show when={job().state !== 'COMPLETED'}>
          <RetryJobButton job={job()} />
        </Show>
      </div>
    </li>
  );
}
