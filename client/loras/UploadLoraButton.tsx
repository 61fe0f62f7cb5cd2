import Upload from 'lucide-solid/icons/upload';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { createOpenedBy } from '../shell/create-opened-by.ts';
import { Button } from '../ui/Button.tsx';
import { UploadLoraDialog } from './UploadLoraDialog.tsx';

/** For who may. */
export function UploadLoraButton(props: { character?: { id: string; name: string } }) {
  const [isOpen, setOpen] = createOpenedBy('upload');
  return (
    <Show when={can('WRITE_LORAS')}>
      <Button icon={Upload} onClick={() => setOpen(true)}>
        Upload LoRA
      </Button>
      <UploadLoraDialog open={isOpen()} character={props.character} onClose={() => setOpen(false)} />
    </Show>
  );
}
