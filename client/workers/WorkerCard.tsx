import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { lineName, takesWord } from '../queue/line-words.ts';
import { RunningRow } from '../queue/RunningRow.tsx';
import { Each } from '../ui/Each.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { DrainButton } from './DrainButton.tsx';
import styles from './Workers.module.css';
import { gpuNow, gpuWord, workerState } from './worker-words.ts';

const Worker = graphql(`
  fragment WorkerCard_worker on Worker {
    id
    host
    version
    state
    gpuUuid
    gpuName
    gpuMemoryBytes
    engines
    engineReports { queue isHealthy message }
    startedAt
    lastSeenAt
    currentJobs {
      id
      title
      ...RunningRow_job
      ... on Training { gpu { utilisation memoryUsedBytes memoryTotalBytes temperatureCelsius powerWatts } }
    }
  }
`);

/** A worker: its machine and GPU, what it does, and how each of its engines is. */
export function WorkerCard(props: {
  worker: FragmentType<typeof Worker>;
  /** Of the server: another one is told of. */
  version: string;
}) {
  const worker = () => useFragment(Worker, props.worker);
  const state = () => workerState(worker());
  const isLost = () => worker().state === 'LOST';
  const gpu = () =>
    worker().currentJobs.flatMap((job) => ('gpu' in job && job.gpu != null ? [job.gpu] : []))[0];
  const reports = () =>
    worker().engines.map((queue) => ({
      queue,
      report: worker().engineReports.find((one) => one.queue === queue),
    }));
  return (
    <li class={styles.card} data-lost={isLost()}>
      <header class={styles.head}>
        <h3 class={styles.name}>{worker().host}</h3>
        <span class={styles.does}>{takesWord(worker().engines)}</span>
        <Status tone={state().tone} word={state().word} />
        <DrainButton worker={worker()} />
      </header>
      <p class={styles.meaning}>{state().meaning}</p>
      <dl class={styles.facts}>
        <dt>GPU</dt>
        <dd>
          <Show when={worker().gpuName} fallback="None found on its machine">
            <span title={worker().gpuUuid ?? undefined}>{gpuWord(worker())}</span>
          </Show>
          <Show when={gpu()}>{(now) => <span class="numbers"> · {gpuNow(now())}</span>}</Show>
        </dd>
        <dt>Version</dt>
        <dd>
          {worker().version}
          <Show when={worker().version !== props.version}>
            <span class={styles.warn}> The server is {props.version}: start it again with the same.</span>
          </Show>
        </dd>
        <dt>{isLost() ? 'Last heard of' : 'Works since'}</dt>
        <dd>
          <Time at={isLost() ? worker().lastSeenAt : worker().startedAt} />
        </dd>
      </dl>
      <Show when={!isLost()}>
        <ul class={styles.engines} aria-label={`Engines of ${worker().host}`}>
          <For each={reports()}>
            {({ queue, report }) => (
              <li class={styles.engine}>
                <span class={styles.engineName} title={queue}>
                  {lineName(queue)}
                </span>
                <Show when={report} fallback={<span class="muted">Says nothing of itself.</span>}>
                  {(said) => (
                    <>
                      <Status
                        tone={said().isHealthy ? 'good' : 'bad'}
                        word={said().isHealthy ? 'Ready' : 'Offline'}
                      />
                      <span class={styles.said}>{said().message}</span>
                    </>
                  )}
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={worker().currentJobs.length > 0}>
        <ul class={styles.jobs} aria-label={`In the hand of ${worker().host}`}>
          <Each each={worker().currentJobs}>
            {(job) => <RunningRow job={job()} hasActions={!isLost()} />}
          </Each>
        </ul>
      </Show>
    </li>
  );
}
