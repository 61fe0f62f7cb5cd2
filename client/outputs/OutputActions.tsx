import ChevronLeft from 'lucide-solid/icons/chevron-left';
import ChevronRight from 'lucide-solid/icons/chevron-right';
import Download from 'lucide-solid/icons/download';
import Heart from 'lucide-solid/icons/heart';
import HeartOff from 'lucide-solid/icons/heart-off';
import Trash from 'lucide-solid/icons/trash';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { createOutputActions } from './output-actions.ts';

const Output = graphql(`
  fragment OutputActions_output on Output {
    id
    isFavourite
    deletedAt
    downloadUrl
  }
`);

type Beside = { id: string } | null;

/** What one does with an image that one looks at. */
export function OutputActions(props: {
  output: FragmentType<typeof Output>;
  newer: Beside;
  older: Beside;
  onGo: (to: Beside) => void;
  onDeleted: () => void;
  onRestored: () => void;
}) {
  const output = () => useFragment(Output, props.output);
  const actions = createOutputActions();
  const isKept = () => output().deletedAt == null;
  const remove = async () => {
    const { onRestored } = props;
    if (await actions.remove([output().id], onRestored)) props.onDeleted();
  };
  return (
    <>
      <Button
        kind="quiet"
        icon={ChevronLeft}
        label="Previous image"
        disabled={props.newer === null}
        onClick={() => props.onGo(props.newer)}
      />
      <Button
        kind="quiet"
        icon={ChevronRight}
        label="Next image"
        disabled={props.older === null}
        onClick={() => props.onGo(props.older)}
      />
      <Show when={isKept() && can('WRITE_JOBS')}>
        <Button
          kind="quiet"
          icon={output().isFavourite ? HeartOff : Heart}
          label={output().isFavourite ? 'Not a favourite any more' : 'Mark as favourite'}
          pending={actions.pending()}
          onClick={() => void actions.setFavourite([output().id], !output().isFavourite)}
        />
        <Button
          kind="quiet"
          icon={Trash}
          label="Move to the trash"
          pending={actions.pending()}
          onClick={() => void remove()}
        />
      </Show>
      <LinkButton icon={Download} href={output().downloadUrl} label="Download" download />
    </>
  );
}
