import { useSearchParams } from '@solidjs/router';
import { can } from '../access/access.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { LinkButton } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { LoraList } from './LoraList.tsx';
import styles from './LorasPage.module.css';
import { UploadLoraButton } from './UploadLoraButton.tsx';

export function LorasPage() {
  const [params, setParams] = useSearchParams<{ search: string; upload: string }>();
  if (can('WRITE_LORAS'))
    createShortcuts('LoRAs', [{ keys: 'u', label: 'Upload a LoRA', run: () => setParams({ upload: '1' }) }]);
  return (
    <Page title="LoRAs" actions={<UploadLoraButton />}>
      <search class={styles.tools}>
        <TextField
          label="Search"
          hideLabel
          type="search"
          placeholder="Search by name"
          value={params.search ?? ''}
          onInput={(event) => setParams({ search: event.currentTarget.value }, { replace: true })}
        />
      </search>
      <LoraList
        search={params.search}
        empty="Each finished training leaves a LoRA here, and LoRAs that were trained elsewhere can be uploaded."
      >
        <LinkButton href="/">To the characters</LinkButton>
      </LoraList>
    </Page>
  );
}
