import { graphql } from '../gql/index.ts';

export const StartTraining = graphql(`
  mutation StartTraining($input: StartTrainingInput!, $idempotencyKey: String) {
    startTraining(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on StartTrainingSuccess { training { id character { id } } }
      ... on UserError { message }
      ... on InvalidInput { issues { field message } }
    }
  }
`);
