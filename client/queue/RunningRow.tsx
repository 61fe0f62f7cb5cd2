import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { jobHref } from '../shell/job-link.ts';
import { stepsWord } from '../shell/job-steps.ts';
import { formatEta } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { CancelJobButton } from './CancelJobButton.tsx';
import { KindIcon } from './KindIcon.tsx';
import rows from './Rows.module.css';
import { stageWord } from './stage-word.ts';

const Job = graphql(`
  fragment RunningRow_job on Job {
    id
    kind
    state
    title
    stage
    step
    steps
    isCancelling
    attempt
    eta { seconds lowSeconds highSeconds }
  }
`);

/** A job in the hand of its worker: what it does, how far, how long still. */
export function RunningRow(props: { job: FragmentType<typeof Job>; hasActions: boolean }) {
  const job = () => useFragment(Job, props.job);
  return (
    <li class={rows.running}>
      <KindIcon kind={job().kind} />
      <A href={jobHref(job())} class={rows.title}>
        {job().title}
      </A>
      <div class={rows.actions}>
        <Show when={props.hasActions}>
          <CancelJobButton job={job()} disabled={job().isCancelling} />
        </Show>
      </div>
      <div class={rows.progress}>
        <Progress value={job().step} max={job().steps} label={`${job().title}, steps`} />
        <p class={`${rows.small} numbers`}>
          <span class={rows.stage}>{stageWord(job())}</span> · {stepsWord(job())}
          <Show when={job().eta}>{(eta) => <> · {formatEta(eta())}</>}</Show>
          <Show when={job().attempt > 1}> · attempt {job().attempt}</Show>
        </p>
      </div>
    </li>
  );
}
