import { useSearchParams } from '@solidjs/router';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { LinkButton } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { OutputGrid } from './OutputGrid.tsx';

export function OutputsPage() {
  const [params] = useSearchParams<{ character: string; lora: string; generation: string }>();
  return (
    <Page title="Gallery">
      <OutputGrid
        characterId={params.character}
        loraId={params.lora}
        generationId={params.generation}
        empty="Every generated image is kept here, with the parameters that made it."
      >
        <Show when={can('WRITE_JOBS')}>
          <LinkButton kind="primary" href="/generate">
            Generate the first
          </LinkButton>
        </Show>
      </OutputGrid>
    </Page>
  );
}
