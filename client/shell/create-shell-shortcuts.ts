import { useNavigate } from '@solidjs/router';
import { openOverlay } from './overlay.ts';
import { PLACES, SETTINGS } from './places.ts';
import { createShortcuts, listenToShortcuts } from './shortcuts.ts';

/** What holds on every page. */
export function createShellShortcuts(): void {
  const navigate = useNavigate();
  listenToShortcuts();
  createShortcuts('Everywhere', [
    { keys: 'mod+k', label: 'Search, go anywhere, start anything', run: () => openOverlay('palette') },
    { keys: '?', label: 'Show these shortcuts', run: () => openOverlay('shortcuts') },
    ...[...PLACES, SETTINGS].map(({ href, label, keys }) => ({
      keys,
      label: `Go to ${label}`,
      run: () => navigate(href),
    })),
  ]);
}
