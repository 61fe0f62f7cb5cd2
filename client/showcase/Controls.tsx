import Plus from 'lucide-solid/icons/plus';
import Trash from 'lucide-solid/icons/trash';
import { createSignal, For } from 'solid-js';
import { Button, LinkButton } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { ChipButton, TriggerChip } from '../ui/Chip.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import styles from './Showcase.module.css';

const KINDS = ['primary', 'plain', 'quiet', 'danger'] as const;

export function Controls() {
  const [tab, setTab] = createSignal('photos');
  const [isPressed, setPressed] = createSignal(true);
  return (
    <>
      <Card title="Buttons">
        <For each={KINDS}>
          {(kind) => (
            <div class={styles.row}>
              <Button kind={kind}>Train Mara</Button>
              <Button kind={kind} icon={Plus}>
                With an icon
              </Button>
              <Button kind={kind} size="small">
                Small
              </Button>
              <Button kind={kind} icon={Trash} label={`Delete, ${kind}`} keys="d" />
              <Button kind={kind} size="small" icon={Trash} label={`Delete, ${kind} and small`} />
              <Button kind={kind} pending>
                Pending
              </Button>
              <Button kind={kind} disabled>
                Disabled
              </Button>
            </div>
          )}
        </For>
        <div class={styles.row}>
          <LinkButton href="/ui?theme=dark">A link</LinkButton>
          <LinkButton href="/icon.svg" download>
            A download
          </LinkButton>
          <CopyButton text="8675309" label="Copy the seed" />
        </div>
      </Card>
      <Card title="Chips, keys and tabs">
        <div class={styles.row}>
          <TriggerChip word="mara_v" />
          <ChipButton pressed={isPressed()} onClick={() => setPressed(!isPressed())}>
            Favourites
          </ChipButton>
          <ChipButton onClick={() => undefined}>Insert</ChipButton>
          <span>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </span>
        </div>
        <Tabs
          label="Mara"
          value={tab()}
          onChange={setTab}
          tabs={[
            { value: 'photos', label: 'Photos', count: 24, content: () => <p>Twenty-four photos.</p> },
            { value: 'loras', label: 'LoRAs', count: 3, content: () => <p>Three LoRAs.</p> },
            { value: 'none', label: 'Without a count', content: () => <p>Something else.</p> },
          ]}
        />
      </Card>
    </>
  );
}
