import { A } from '@solidjs/router';
import Cpu from 'lucide-solid/icons/cpu';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Each } from '../ui/Each.tsx';
import { Status } from '../ui/Status.tsx';
import { gpuWord, workerState } from '../workers/worker-words.ts';
import { takesWord } from './line-words.ts';
import { RunningRow } from './RunningRow.tsx';
import styles from './WorkerLane.module.css';

const Worker = graphql(`
  fragment WorkerLane_worker on Worker {
    id
    host
    state
    gpuName
    gpuMemoryBytes
    engines
    engineReports { queue isHealthy message }
    lastSeenAt
    currentJobs { id ...RunningRow_job }
  }
`);

/** A worker with what it has in hand. */
export function WorkerLane(props: { worker: FragmentType<typeof Worker> }) {
  const worker = () => useFragment(Worker, props.worker);
  const state = () => workerState(worker());
  const isLost = () => worker().state === 'LOST';
  return (
    <li class={styles.lane} data-idle={worker().currentJobs.length === 0}>
      <header class={styles.head}>
        <Cpu size={16} aria-hidden="true" />
        <A href="/workers" class={styles.name}>
          {worker().host}
        </A>
        <span class={styles.facts}>
          <Show when={worker().gpuName}>{gpuWord(worker())}, </Show>
          {takesWord(worker().engines)}
        </span>
        <Status tone={state().tone} word={state().word} />
      </header>
      <Show when={state().tone === 'warn' || state().tone === 'bad'}>
        <p class={styles.meaning}>{state().meaning}</p>
      </Show>
      <Show when={worker().currentJobs.length > 0}>
        <ul>
          <Each each={worker().currentJobs}>
            {(job) => <RunningRow job={job()} hasActions={!isLost()} />}
          </Each>
        </ul>
      </Show>
    </li>
  );
}
