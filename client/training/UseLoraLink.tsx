import Sparkles from 'lucide-solid/icons/sparkles';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { LinkButton } from '../ui/Button.tsx';

export function UseLoraLink(props: { id: string; label: string }) {
  return (
    <Show when={can('WRITE_JOBS')}>
      <LinkButton
        kind="quiet"
        size="small"
        icon={Sparkles}
        href={`/generate?lora=${props.id}`}
        label={props.label}
      />
    </Show>
  );
}
