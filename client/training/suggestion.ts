import type { FixButton_TrainingFragment } from '../gql/graphql.ts';

type Change = Partial<NonNullable<NonNullable<FixButton_TrainingFragment['error']>['suggestion']>>;

/** Without what the cache adds, and without what is null: that stays as it is. */
export const changesOf = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== '__typename' && value != null),
  ) as Partial<Values>;

const WORDS: { [Name in keyof Change]: (value: unknown) => string } = {
  steps: (value) => `for ${value} steps`,
  learningRate: (value) => `with a learning rate of ${value}`,
  batchSize: (value) => `with a batch size of ${value}`,
  resolution: (value) => `at ${value} px`,
  rank: (value) => `with rank ${value}`,
  optimizer: (value) => `with ${String(value).toLowerCase()}`,
  precision: (value) => `in ${value}`,
  gradientAccumulation: (value) => `accumulating ${value} batches`,
  sampleEvery: (value) => `with samples every ${value} steps`,
  checkpointEvery: (value) => `with a checkpoint every ${value} steps`,
  keepCheckpoints: (value) => `keeping ${value} checkpoints`,
};

/** "at 768 px": for a button that starts the training again so. `alpha` only follows the rank. */
export const wordsOf = (suggestion: Change): string =>
  Object.entries(changesOf(suggestion))
    .flatMap(([name, value]) => WORDS[name as keyof Change]?.(value) ?? [])
    .join(', ');
