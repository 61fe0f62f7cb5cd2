import { graphql } from '../gql/index.ts';

export const TrainingPageQuery = graphql(`
  query TrainingPage($id: ID!) {
    training(id: $id) {
      id
      number
      title
      cursor
      character { id name }
      ...TrainingHead_training
      ...TrainingActions_training
      ...TrainingEnd_training
      ...Checkpoints_training
      ...Configuration_training
      ...LossChart_checkpoints
      ...Attempts_training
      gpuHistory { at gpu { utilisation memoryUsedBytes memoryTotalBytes temperatureCelsius powerWatts } }
      metrics(points: 500) { step loss smoothedLoss learningRate }
      samples(last: 500) { edges { node { id step promptIndex ...Samples_sample } } }
      log(last: 300) { edges { node { cursor at level message } } pageInfo { hasPreviousPage } }
    }
  }
`);

/** The training as it is, after each change. The cache takes it, so every part of the page follows. */
export const TrainingUpdates = graphql(`
  subscription TrainingUpdates($id: ID!) {
    trainingUpdates(trainingId: $id) {
      id
      ...TrainingHead_training
      ...TrainingActions_training
      ...TrainingEnd_training
      ...Checkpoints_training
      ...Attempts_training
    }
  }
`);

export const TrainingEvents = graphql(`
  subscription TrainingEvents($id: ID!, $after: String) {
    jobEvents(jobId: $id, after: $after) {
      __typename
      cursor
      at
      ... on JobProgressed { metrics { step loss learningRate } gpu { utilisation memoryUsedBytes memoryTotalBytes temperatureCelsius powerWatts } }
      ... on SampleAdded { sample { id step promptIndex ...Samples_sample } }
      ... on SampleScored { sample { id step promptIndex ...Samples_sample } }
      ... on JobLogged { level message }
    }
  }
`);
