import { Button } from '../ui/Button.tsx';
import forms from '../ui/Form.module.css';
import { formatAgo, formatMinute } from '../ui/format.ts';
import { ShownOnce } from '../ui/ShownOnce.tsx';

export type NewLink = { url: string; expiresAt: string };

/** A link to give to somebody; the server tells only its path. */
export function LinkOnce(props: { label: string; link: NewLink; onDone: () => void }) {
  const end = () => props.link.expiresAt;
  return (
    <>
      <ShownOnce
        label={props.label}
        value={`${location.origin}${props.link.url}`}
        warning={`It is shown now and never again, works once, and expires ${formatAgo(end())} (${formatMinute(end())}). Send it to nobody else: whoever opens it first, uses it.`}
      />
      <div class={forms.actions}>
        <Button onClick={() => props.onDone()}>Done</Button>
      </div>
    </>
  );
}
