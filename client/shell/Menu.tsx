import { A } from '@solidjs/router';
import Settings from 'lucide-solid/icons/settings';
import type { JSX } from 'solid-js';
import { Drawer } from '../ui/Drawer.tsx';
import { Account } from './Account.tsx';
import styles from './Menu.module.css';
import { closeOverlay, overlay } from './overlay.ts';
import { ThemeButton } from './ThemeButton.tsx';
import { VideoPlace } from './VideoPlace.tsx';

/** What of the rail has no room in the bar of a phone. */
export function Menu(props: { videoReason: string | undefined; health: JSX.Element }) {
  const close = () => closeOverlay('menu');
  return (
    <Drawer open={overlay() === 'menu'} onClose={close} title="Menu">
      <nav aria-label="More" class={styles.menu}>
        <A href="/settings" class={styles.link} onClick={close}>
          <Settings size={20} aria-hidden="true" />
          Settings
        </A>
        <VideoPlace reason={props.videoReason} />
        <Account />
        <div class={styles.status}>
          {props.health}
          <ThemeButton />
        </div>
      </nav>
    </Drawer>
  );
}
