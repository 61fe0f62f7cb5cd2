import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { plural } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';
import { galleriesChanged } from './galleries.ts';
import { CreateArchive, DeleteOutputs, EmptyTrash, RestoreOutputs, SetFavourite } from './queries.ts';

/** The API takes so many at once. */
export const MAX_CHOSEN = 500;

function refused(title: string, message: string): false {
  toast({ kind: 'bad', title, message });
  return false;
}

/** What one does with images, wherever they are shown. Each resolves to whether it was done. */
export function createOutputActions() {
  const favourite = createAction(SetFavourite);
  const deletion = createAction(DeleteOutputs);
  const restoration = createAction(RestoreOutputs);
  const emptying = createAction(EmptyTrash);
  const archive = createAction(CreateArchive);

  async function setFavourite(outputIds: readonly string[], isFavourite: boolean) {
    const result = (await favourite.run({ input: { outputIds: [...outputIds], isFavourite } }))?.setFavourite;
    if (result === undefined) return false;
    if (!('outputs' in result)) return refused('Nothing was marked', result.message);
    galleriesChanged.favourite(outputIds, isFavourite);
    announce(
      `${plural(result.outputs.length, 'image')} ${isFavourite ? 'marked' : 'no longer marked'} as favourite`,
    );
    return true;
  }

  async function restore(outputIds: readonly string[]) {
    const result = (await restoration.run({ input: { outputIds: [...outputIds] } }))?.restoreOutputs;
    if (result === undefined) return false;
    if (!('outputs' in result)) return refused('Nothing was restored', result.message);
    galleriesChanged.restored(outputIds);
    toast({ kind: 'good', title: `${plural(result.outputs.length, 'image')} restored` });
    return true;
  }

  async function remove(outputIds: readonly string[], onUndone?: () => void) {
    const result = (await deletion.run({ input: { outputIds: [...outputIds] } }))?.deleteOutputs;
    if (result === undefined) return false;
    if (!('outputs' in result)) return refused('Nothing was deleted', result.message);
    galleriesChanged.deleted(outputIds);
    const undo = async () => {
      if (await restore(outputIds)) onUndone?.();
    };
    toast({
      kind: 'good',
      title: `${plural(result.outputs.length, 'image')} moved to the trash`,
      message: `Kept there for ${result.keptDays} days.`,
      action: { label: 'Undo', run: () => void undo() },
    });
    return true;
  }

  /** Null: all that is in the trash. */
  async function purge(outputIds: readonly string[] | null) {
    const input = { outputIds: outputIds === null ? null : [...outputIds] };
    const result = (await emptying.run({ input }))?.emptyTrash;
    if (result === undefined) return false;
    if (!('purged' in result)) return refused('Nothing was deleted', result.message);
    galleriesChanged.purged(outputIds);
    toast({ kind: 'good', title: `${plural(result.purged.count, 'image')} deleted for good` });
    return true;
  }

  async function download(outputIds: readonly string[]) {
    const result = (await archive.run({ input: { outputIds: [...outputIds] } }))?.createArchive;
    if (result === undefined) return false;
    if (!('url' in result)) return refused('There is nothing to download', result.message);
    const link = document.createElement('a');
    link.href = result.url;
    link.download = '';
    link.rel = 'external';
    document.body.append(link);
    link.click();
    link.remove();
    announce(`${plural(result.count, 'image')} are downloaded as one ZIP`);
    return true;
  }

  const pending = () =>
    [favourite, deletion, restoration, emptying, archive].some((action) => action.pending());
  return { setFavourite, restore, remove, purge, download, pending };
}
