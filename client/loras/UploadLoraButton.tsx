import { useSearchParams } from '@solidjs/router';
import Upload from 'lucide-solid/icons/upload';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { Button } from '../ui/Button.tsx';
import { UploadLoraDialog } from './UploadLoraDialog.tsx';

/** For who may. The address says that it is open, so that other places can lead to it. */
export function UploadLoraButton(props: { character?: { id: string; name: string } }) {
  const [params, setParams] = useSearchParams<{ upload: string }>();
  const isOpen = () => params.upload !== undefined;
  const setOpen = (open: boolean) => setParams({ upload: open ? '1' : null }, { replace: true });
  return (
    <Show when={can('WRITE_LORAS')}>
      <Button icon={Upload} onClick={() => setOpen(true)}>
        Upload LoRA
      </Button>
      <UploadLoraDialog open={isOpen()} character={props.character} onClose={() => setOpen(false)} />
    </Show>
  );
}
