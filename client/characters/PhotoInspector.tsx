import Download from 'lucide-solid/icons/download';
import Trash from 'lucide-solid/icons/trash';
import X from 'lucide-solid/icons/x';
import { createEffect, createSignal, on, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { Picture } from '../ui/ImageTile.tsx';
import { toast } from '../ui/toast.ts';
import styles from './PhotoInspector.module.css';

const Image = graphql(`
  fragment PhotoInspector_image on Image {
    id
    fileName
    format
    width
    height
    bytes
    thumbHash
    caption
    url
    largeUrl: thumbnailUrl(size: LARGE)
  }
`);

const CaptionImage = graphql(`
  mutation CaptionImage($input: CaptionImageInput!) {
    captionImage(input: $input) {
      __typename
      ... on CaptionImageSuccess { image { id caption } }
      ... on UserError { message }
    }
  }
`);

const DeleteImages = graphql(`
  mutation DeleteImages($input: DeleteImagesInput!) {
    deleteImages(input: $input) {
      __typename
      ... on DeleteImagesSuccess { deletedIds }
      ... on UserError { message }
    }
  }
`);

export function PhotoInspector(props: {
  image: FragmentType<typeof Image>;
  triggerWord: string;
  onClose: () => void;
  onDeleted: (id: string) => void;
}) {
  const image = () => useFragment(Image, props.image);
  const captioning = createAction(CaptionImage);
  const deleting = createAction(DeleteImages);
  const [caption, setCaption] = createSignal('');
  const [error, setError] = createSignal<string>();
  const [asking, setAsking] = createSignal(false);
  const isChanged = () => caption() !== (image().caption ?? '');
  createEffect(
    on(
      () => image().id,
      () => {
        setCaption(image().caption ?? '');
        setError(undefined);
      },
    ),
  );

  const save = async () => {
    if (!isChanged()) return;
    const text = caption().trim();
    const data = await captioning.run({ input: { imageId: image().id, caption: text === '' ? null : text } });
    const result = data?.captionImage;
    setError(result !== undefined && 'message' in result ? result.message : undefined);
  };
  const remove = async () => {
    const { id } = image();
    const result = (await deleting.run({ input: { ids: [id] } }))?.deleteImages;
    setAsking(false);
    if (result === undefined) return;
    if ('message' in result)
      toast({ kind: 'bad', title: 'The photo was not deleted', message: result.message });
    else props.onDeleted(id);
  };

  return (
    <section class={styles.inspector} aria-label="Photo">
      <header class={styles.head}>
        <h2 class={styles.name}>{image().fileName}</h2>
        <Button kind="quiet" size="small" icon={X} label="Close the photo" onClick={() => props.onClose()} />
      </header>
      <div class={styles.picture}>
        <Picture
          src={image().largeUrl}
          thumbHash={image().thumbHash}
          alt={image().caption ?? image().fileName}
          fit="contain"
          eager
        />
      </div>
      <p class="muted small numbers">
        {image().width} × {image().height} px · {image().format.toUpperCase()} · {formatBytes(image().bytes)}
      </p>
      <TextArea
        label="Caption"
        rows={4}
        value={caption()}
        error={error()}
        readonly={!can('WRITE_CHARACTERS')}
        placeholder={can('WRITE_CHARACTERS') ? `${props.triggerWord}, smiling, soft window light` : ''}
        help={
          can('WRITE_CHARACTERS')
            ? 'What the picture shows besides the character. Saved when you leave the field.'
            : 'What the picture shows besides the character. Editors and owners can change it.'
        }
        note={
          captioning.pending()
            ? 'Saving…'
            : isChanged()
              ? 'Not saved yet'
              : image().caption == null
                ? 'None'
                : 'Saved'
        }
        onInput={(event) => setCaption(event.currentTarget.value)}
        onBlur={save}
      />
      <div class={styles.actions}>
        <LinkButton href={image().url} download={image().fileName} icon={Download} size="small">
          Original
        </LinkButton>
        <Show when={can('WRITE_CHARACTERS')}>
          <Button kind="quiet" size="small" icon={Trash} onClick={() => setAsking(true)}>
            Delete photo
          </Button>
        </Show>
      </div>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title="Delete this photo?"
        description={`${image().fileName} and its caption go. LoRAs that were trained with it stay. This cannot be undone.`}
        keep="Keep the photo"
        confirm="Delete photo"
        pending={deleting.pending()}
        onConfirm={remove}
      />
    </section>
  );
}
