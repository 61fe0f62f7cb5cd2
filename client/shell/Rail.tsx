import { A, useLocation } from '@solidjs/router';
import Clapperboard from 'lucide-solid/icons/clapperboard';
import Images from 'lucide-solid/icons/images';
import Layers from 'lucide-solid/icons/layers';
import ListOrdered from 'lucide-solid/icons/list-ordered';
import Settings from 'lucide-solid/icons/settings';
import Sparkles from 'lucide-solid/icons/sparkles';
import Users from 'lucide-solid/icons/users';
import { For, type JSX, Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { Account } from './Account.tsx';
import styles from './Rail.module.css';
import { ThemeButton } from './ThemeButton.tsx';

const PLACES = [
  { href: '/', label: 'Characters', icon: Users, also: ['/characters', '/trainings'] },
  { href: '/generate', label: 'Generate', icon: Sparkles, also: [] },
  { href: '/outputs', label: 'Gallery', icon: Images, also: [] },
  { href: '/loras', label: 'LoRAs', icon: Layers, also: [] },
  { href: '/queue', label: 'Queue', icon: ListOrdered, also: ['/workers'] },
];

/** The places one goes to, the running job, who is signed in, and health. On a phone a bar at the bottom. */
export function Rail(props: { waiting: number; job: JSX.Element; health: JSX.Element }) {
  const location = useLocation();
  const isHere = (place: (typeof PLACES)[number]) => {
    const path = location.pathname;
    const within = [place.href, ...place.also].some((start) => start !== '/' && path.startsWith(start));
    return within || path === place.href;
  };
  return (
    <aside class={styles.rail}>
      <A href="/" class={styles.brand} aria-label="Isengard, home">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span class={styles.name}>Isengard</span>
      </A>
      <nav aria-label="Main" class={styles.places}>
        <For each={PLACES}>
          {(place) => (
            <A href={place.href} class={styles.place} aria-current={isHere(place) ? 'page' : undefined}>
              <Dynamic component={place.icon} size={20} aria-hidden="true" />
              <span class={styles.label}>{place.label}</span>
              <Show when={place.href === '/queue' && props.waiting > 0}>
                <span class={`${styles.count} numbers`}>
                  {props.waiting}
                  <span class="srOnly"> waiting or running</span>
                </span>
              </Show>
            </A>
          )}
        </For>
        <A
          href="/video"
          class={`${styles.place} ${styles.later}`}
          aria-current={location.pathname === '/video' ? 'page' : undefined}
        >
          <Clapperboard size={20} aria-hidden="true" />
          <span class={styles.label}>
            Video <span class={styles.soon}>in development</span>
          </span>
        </A>
        <A
          href="/settings"
          class={`${styles.place} ${styles.wide}`}
          aria-current={location.pathname.startsWith('/settings') ? 'page' : undefined}
        >
          <Settings size={20} aria-hidden="true" />
          <span class={styles.label}>Settings</span>
        </A>
      </nav>
      <div class={styles.foot}>
        <div class={styles.job}>{props.job}</div>
        <Account />
        <div class={styles.status}>
          {props.health}
          <ThemeButton />
        </div>
      </div>
    </aside>
  );
}
