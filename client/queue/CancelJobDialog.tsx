import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { toast } from '../ui/toast.ts';

const CancelJob = graphql(`
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      __typename
      ... on CancelJobSuccess { job { id state isCancelling stage finishedAt place { position } } }
      ... on UserError { message }
    }
  }
`);

export function CancelJobDialog(props: {
  open: boolean;
  job: { id: string; title: string };
  /** What is lost by it, in a sentence. */
  consequence: string;
  onClose: () => void;
}) {
  const action = createAction(CancelJob);
  const cancel = async () => {
    const result = (await action.run({ input: { jobId: props.job.id } }))?.cancelJob;
    props.onClose();
    if (result !== undefined && 'message' in result) {
      toast({ kind: 'bad', title: 'It was not cancelled', message: result.message });
    }
  };
  return (
    <ConfirmDialog
      open={props.open}
      onClose={props.onClose}
      title={`Cancel ${props.job.title}?`}
      description={`${props.consequence} A cancelled job never starts again by itself.`}
      keep="Let it go on"
      confirm="Cancel it"
      pending={action.pending()}
      onConfirm={cancel}
    />
  );
}
