import { graphql } from '../gql/index.ts';

/** All workers as they are, then after each change: the cache puts them into whatever shows them. */
export const WorkerUpdates = graphql(`
  subscription WorkerUpdates {
    workerUpdates { id state ...WorkerLane_worker ...WorkerCard_worker }
  }
`);

/** What the GPUs do that train now: jobs tell it as they go on. */
export const GpuUpdates = graphql(`
  subscription GpuUpdates {
    jobUpdates {
      id
      state
      ... on Training { gpu { utilisation memoryUsedBytes memoryTotalBytes temperatureCelsius powerWatts } }
      character { id }
    }
  }
`);
