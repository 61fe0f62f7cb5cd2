import { graphql } from '../gql/index.ts';

export const ShellQuery = graphql(`
  query Shell {
    info { name version mode }
    jobCounts { queued running }
    jobs(states: [RUNNING], first: 5) {
      edges { node { id ...RunningJob_job } }
    }
    workers { id state }
    queues { name isPaused }
    capabilities {
      training { label health { isHealthy message } }
      generation { label health { isHealthy message } }
      video { unsupported }
    }
  }
`);

/** Every job as it changes: the cache spreads it to whatever shows that job. */
export const JobUpdates = graphql(`
  subscription JobUpdates {
    jobUpdates {
      id
      kind
      state
      isCancelling
      stage
      title
      step
      steps
      stepsPerSecond
      elapsedSeconds
      eta { seconds lowSeconds highSeconds }
      attempt
      place { position expectedStartAt earliestStartAt latestStartAt waitsFor { reason message until } }
      error { code message advice }
      startedAt
      finishedAt
      character { id }
    }
  }
`);
