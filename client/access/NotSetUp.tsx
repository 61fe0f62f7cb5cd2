import { onCleanup, onMount } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { Door } from './Door.tsx';
import { checkAccess } from './door.ts';

/** Nobody owns the studio yet, so nobody can be let in. */
export function NotSetUp() {
  // The link opens in another tab: whoever comes back to this one finds the way in.
  onMount(() => {
    const look = () => void checkAccess();
    window.addEventListener('focus', look);
    onCleanup(() => window.removeEventListener('focus', look));
  });
  return (
    <Door
      title="This studio has no owner yet"
      lead="When the server started, it printed a set-up link in its terminal. Open that link to become the owner."
    >
      <p class="muted small">The link works once, within an hour. Restart the server to get another one.</p>
      <div>
        <Button onClick={() => void checkAccess()}>Look again</Button>
      </div>
    </Door>
  );
}
