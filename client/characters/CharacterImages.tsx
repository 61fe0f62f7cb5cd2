import { GalleryGrid } from '../outputs/GalleryGrid.tsx';
import { LinkButton } from '../ui/Button.tsx';

export function CharacterImages(props: { id: string; name: string }) {
  return (
    <GalleryGrid
      filter={{ character: props.id }}
      empty={`Images that were generated with a LoRA of ${props.name} are shown here.`}
    >
      <LinkButton href="/generate">Generate</LinkButton>
    </GalleryGrid>
  );
}
