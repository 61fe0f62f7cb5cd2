import { useClient } from '@urql/solid';
import ImagePlus from 'lucide-solid/icons/image-plus';
import Upload from 'lucide-solid/icons/upload';
import X from 'lucide-solid/icons/x';
import { createSignal, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { describe } from '../graphql/errors.ts';
import { UPLOAD_HEADERS, uploadingFetch } from '../graphql/upload.ts';
import { Button } from '../ui/Button.tsx';
import { chooseFiles, imageFilesOf } from '../ui/files.ts';
import { Picture } from '../ui/ImageTile.tsx';
import { Progress } from '../ui/Progress.tsx';
import type { Reference } from './draft.ts';
import { ReferenceDialog } from './ReferenceDialog.tsx';
import styles from './ReferencePicker.module.css';

const UploadReference = graphql(`
  mutation UploadReferenceImage($input: UploadReferenceImageInput!, $idempotencyKey: String) {
    uploadReferenceImage(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on UploadReferenceImageSuccess { referenceImage { id thumbnailUrl } }
      ... on UserError { message }
    }
  }
`);

/** A picture to go by: dropped, chosen from a file, or one that the studio has. */
export function ReferencePicker(props: {
  label: string;
  /** What stands there while nothing is chosen. */
  hint?: string;
  /** It goes without a picture too. */
  canRemove?: boolean;
  reference: Reference | null;
  onChange: (reference: Reference | null) => void;
}) {
  const client = useClient();
  const [sent, setSent] = createSignal<number | null>(null);
  const [error, setError] = createSignal<string | null>(null);
  const [choosing, setChoosing] = createSignal(false);

  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    setError(null);
    setSent(0);
    const answer = await client.mutation(
      UploadReference,
      { input: { file }, idempotencyKey: crypto.randomUUID() },
      { fetch: uploadingFetch(setSent), fetchOptions: { headers: UPLOAD_HEADERS } },
    );
    setSent(null);
    if (answer.error !== undefined) return setError(describe(answer.error, answer.operation).message);
    const result = answer.data?.uploadReferenceImage;
    if (result === undefined) return;
    if (result.__typename !== 'UploadReferenceImageSuccess') return setError(result.message);
    const { id, thumbnailUrl } = result.referenceImage;
    props.onChange({ kind: 'reference', id, thumbnailUrl, label: file.name });
  };

  return (
    <fieldset
      class={styles.picker}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void upload(imageFilesOf(event.dataTransfer)[0]);
      }}
    >
      <legend class="srOnly">{props.label}</legend>
      <span class={styles.picture}>
        <Show when={props.reference} fallback={<ImagePlus size={20} aria-hidden="true" />}>
          {(reference) => <Picture src={reference().thumbnailUrl} alt={reference().label} eager />}
        </Show>
      </span>
      <div class={styles.words}>
        <Show
          when={sent() !== null}
          fallback={
            <p class={styles.name}>{props.reference?.label ?? props.hint ?? 'Drop a picture here'}</p>
          }
        >
          <Progress value={sent() ?? 0} max={1} label="Upload of the reference" />
        </Show>
        <div class={styles.actions}>
          <Button
            size="small"
            icon={Upload}
            onClick={() => void chooseFiles('image/*', false).then(([file]) => upload(file))}
          >
            File
          </Button>
          <Button size="small" onClick={() => setChoosing(true)}>
            From the studio
          </Button>
          <Show when={props.canRemove === true && props.reference !== null}>
            <Button kind="quiet" size="small" icon={X} onClick={() => props.onChange(null)}>
              Remove
            </Button>
          </Show>
        </div>
        <Show when={error()}>
          <p class={styles.error} role="alert">
            {error()}
          </p>
        </Show>
      </div>
      <ReferenceDialog
        open={choosing()}
        onClose={() => setChoosing(false)}
        onChoose={(reference) => {
          setChoosing(false);
          props.onChange(reference);
        }}
      />
    </fieldset>
  );
}
