import { trainingParametersOf } from '../training-parameters.ts';

export const trainingParameters = trainingParametersOf({
  minSteps: 1,
  words: {
    steps: 'How long it learns. Too few look blurred and pale; many cost time.',
  },
});
