import { createSignal } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { ConfirmDialog, Dialog } from '../ui/Dialog.tsx';
import { Drawer } from '../ui/Drawer.tsx';
import { TextField } from '../ui/Field.tsx';
import { toast } from '../ui/toast.ts';
import styles from './Showcase.module.css';

export function OnTop() {
  const [open, setOpen] = createSignal<'dialog' | 'confirm' | 'drawer' | null>(null);
  const close = () => setOpen(null);
  return (
    <Card title="On top of the page">
      <div class={styles.row}>
        <Button onClick={() => setOpen('dialog')}>Dialog</Button>
        <Button onClick={() => setOpen('confirm')}>Confirm</Button>
        <Button onClick={() => setOpen('drawer')}>Drawer</Button>
        <Button onClick={() => toast({ kind: 'good', title: 'Saved', message: 'It goes by itself.' })}>
          Good news
        </Button>
        <Button
          onClick={() =>
            toast({
              kind: 'bad',
              title: 'That did not work',
              message: 'The server cannot be reached.',
              correlationId: '0199f3c2-6d3e-7d5a-9d52-3c6a8e1f0b77',
            })
          }
        >
          Bad news
        </Button>
      </div>
      <Dialog
        open={open() === 'dialog'}
        onClose={close}
        title="Rename Mara v1"
        actions={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button kind="primary" onClick={close}>
              Rename
            </Button>
          </>
        }
      >
        <TextField label="New name" value="Mara v1" />
      </Dialog>
      <ConfirmDialog
        open={open() === 'confirm'}
        onClose={close}
        title="Delete Mara?"
        description="Mara, 24 photos, 3 LoRAs and 118 images go. This cannot be undone."
        confirm="Delete Mara"
        onConfirm={close}
      />
      <Drawer
        open={open() === 'drawer'}
        onClose={close}
        title="Filters"
        actions={<Button onClick={close}>Done</Button>}
      >
        <TextField label="Contains" value="forest" />
      </Drawer>
    </Card>
  );
}
