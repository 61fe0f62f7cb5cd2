import CircleAlert from 'lucide-solid/icons/circle-alert';
import Compass from 'lucide-solid/icons/compass';
import Lock from 'lucide-solid/icons/lock';
import RotateCcw from 'lucide-solid/icons/rotate-ccw';
import { Button, LinkButton } from './Button.tsx';
import { CorrelationId } from './CorrelationId.tsx';
import { EmptyState } from './EmptyState.tsx';

export function ErrorState(props: {
  message: string;
  correlationId: string | null;
  retry?: string;
  onRetry: () => void;
}) {
  return (
    <div role="alert">
      <EmptyState
        icon={CircleAlert}
        title="This could not be loaded"
        actions={
          <Button icon={RotateCcw} onClick={() => props.onRetry()}>
            {props.retry ?? 'Try again'}
          </Button>
        }
      >
        {props.message}
        <CorrelationId id={props.correlationId} />
      </EmptyState>
    </div>
  );
}

/** What is here is not for whoever looks; `message` says what is missing. */
export function Forbidden(props: { message: string }) {
  return (
    <EmptyState
      icon={Lock}
      title="This is not for you to see"
      actions={<LinkButton href="/">To the characters</LinkButton>}
    >
      {props.message}
    </EmptyState>
  );
}

export function NotFound(props: { what: string; href: string; back: string }) {
  return (
    <EmptyState
      icon={Compass}
      title={`There is no such ${props.what}`}
      actions={<LinkButton href={props.href}>{props.back}</LinkButton>}
    >
      It may have been deleted, or the address is not whole.
    </EmptyState>
  );
}
