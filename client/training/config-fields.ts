import { graphql } from '../gql/index.ts';

/** All that a training's config has: to show it, and to start from it. */
export const ConfigFields = graphql(`
  fragment TrainingConfigFields on TrainingConfig {
    method
    steps
    learningRate
    batchSize
    resolution
    rank
    alpha
    optimizer
    scheduler
    precision
    gradientAccumulation
    captionDropout
    sampleEvery
    samplePrompts
    checkpointEvery
    keepCheckpoints
    seed
  }
`);
