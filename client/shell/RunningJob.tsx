import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { formatEta } from '../ui/format.ts';
import { Ring } from '../ui/Progress.tsx';
import { jobHref } from './job-link.ts';
import styles from './RunningJob.module.css';

const Job = graphql(`
  fragment RunningJob_job on Job {
    id
    kind
    title
    step
    steps
    eta { seconds lowSeconds highSeconds }
  }
`);

/** The running job, on every page: name, ring, time left; opens it. */
export function RunningJob(props: { job: FragmentType<typeof Job> }) {
  const job = () => useFragment(Job, props.job);
  const fraction = () => (job().steps > 0 ? job().step / job().steps : 0);
  return (
    <A href={jobHref(job())} class={styles.job}>
      <Ring fraction={fraction()} />
      <span class={styles.words}>
        <span class={styles.title}>{job().title}</span>
        <span class={`${styles.left} numbers`}>
          {Math.floor(fraction() * 100)} %<Show when={job().eta}>{(eta) => <> · {formatEta(eta())}</>}</Show>
        </span>
      </span>
    </A>
  );
}
