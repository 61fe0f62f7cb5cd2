import Check from 'lucide-solid/icons/check';
import Copy from 'lucide-solid/icons/copy';
import { createSignal, type JSX } from 'solid-js';
import { announce } from './announce.ts';
import { Button } from './Button.tsx';

const SHOWN_MS = 1_500;

export function CopyButton(props: { text: string; label: string; children?: JSX.Element }) {
  const [copied, setCopied] = createSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.text);
      setCopied(true);
      announce('Copied');
      setTimeout(() => setCopied(false), SHOWN_MS);
    } catch {
      announce('The browser does not allow copying here');
    }
  };
  return (
    <Button
      kind="quiet"
      size="small"
      icon={copied() ? Check : Copy}
      {...(props.children === undefined ? { label: props.label } : {})}
      onClick={copy}
    >
      {props.children}
    </Button>
  );
}
