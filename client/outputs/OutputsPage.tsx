import { useSearchParams } from '@solidjs/router';
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
        <LinkButton kind="primary" href="/generate">
          Generate the first
        </LinkButton>
      </OutputGrid>
    </Page>
  );
}
