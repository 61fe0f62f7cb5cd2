import Download from 'lucide-solid/icons/download';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { toast } from '../ui/toast.ts';

const DownloadModel = graphql(`
  mutation DownloadModel($input: DownloadModelInput!, $idempotencyKey: String) {
    downloadModel(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on DownloadModelSuccess { download { id state } }
      ... on UserError { message }
    }
  }
`);

const RetryDownload = graphql(`
  mutation RetryDownload($input: RetryJobInput!, $idempotencyKey: String) {
    retryJob(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on RetryJobSuccess { job { id state } }
      ... on UserError { message }
    }
  }
`);

/** Starts the download; after one that failed, another try that goes on with what came. */
export function GetModel(props: { model: { id: string; label: string }; failedId: string | undefined }) {
  const starting = createAction(DownloadModel);
  const retrying = createAction(RetryDownload);
  const start = async () => {
    const { id, label } = props.model;
    const result =
      props.failedId === undefined
        ? (await starting.run({ input: { modelId: id } }))?.downloadModel
        : (await retrying.run({ input: { jobId: props.failedId } }))?.retryJob;
    if (result === undefined) return;
    if ('message' in result)
      toast({ kind: 'bad', title: `${label} is not downloaded`, message: result.message });
    else announce(`${label} is being downloaded.`);
  };
  return (
    <Button
      icon={props.failedId === undefined ? Download : RotateCcw}
      pending={starting.pending() || retrying.pending()}
      onClick={start}
    >
      {props.failedId === undefined ? 'Download' : 'Try again'}
      <span class="srOnly"> {props.model.label}</span>
    </Button>
  );
}
