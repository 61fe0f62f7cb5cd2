import { useNavigate } from '@solidjs/router';
import type { Accessor } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { toast } from '../ui/toast.ts';

const ResumeTraining = graphql(`
  mutation ResumeTraining($input: ResumeTrainingInput!, $idempotencyKey: String) {
    resumeTraining(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on ResumeTrainingSuccess { training { id } }
      ... on UserError { message }
    }
  }
`);

/** Goes on from the newest checkpoint, as a training of its own, and opens it. */
export function createTrainingAgain(id: Accessor<string>) {
  const navigate = useNavigate();
  const action = createAction(ResumeTraining);
  return {
    pending: action.pending,
    resume: async () => {
      const result = (await action.run({ input: { trainingId: id() } }))?.resumeTraining;
      if (result === undefined) return;
      if ('training' in result) navigate(`/trainings/${result.training.id}`);
      else toast({ kind: 'bad', title: 'The training was not resumed', message: result.message });
    },
  };
}
