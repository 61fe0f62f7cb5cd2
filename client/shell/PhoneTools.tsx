import MenuIcon from 'lucide-solid/icons/menu';
import Search from 'lucide-solid/icons/search';
import { Button } from '../ui/Button.tsx';
import { openOverlay } from './overlay.ts';

/** The ways to all that the bar at the bottom has no room for. */
export function PhoneTools() {
  return (
    <>
      <Button
        kind="quiet"
        icon={Search}
        label="Search and commands"
        aria-haspopup="dialog"
        onClick={() => openOverlay('palette')}
      />
      <Button
        kind="quiet"
        icon={MenuIcon}
        label="Menu"
        aria-haspopup="dialog"
        onClick={() => openOverlay('menu')}
      />
    </>
  );
}
