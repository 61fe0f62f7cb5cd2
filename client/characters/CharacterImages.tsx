import { OutputGrid } from '../outputs/OutputGrid.tsx';
import { LinkButton } from '../ui/Button.tsx';

export function CharacterImages(props: { id: string; name: string }) {
  return (
    <OutputGrid
      characterId={props.id}
      empty={`Images that were generated with a LoRA of ${props.name} are shown here.`}
    >
      <LinkButton href="/generate">Generate</LinkButton>
    </OutputGrid>
  );
}
