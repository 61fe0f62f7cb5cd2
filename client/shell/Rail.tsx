import { A, useLocation } from '@solidjs/router';
import Search from 'lucide-solid/icons/search';
import { For, type JSX, Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { keysOf } from '../ui/keys.ts';
import { Account } from './Account.tsx';
import { openOverlay } from './overlay.ts';
import { isWithin, PLACES, type Place, SETTINGS } from './places.ts';
import styles from './Rail.module.css';
import { ThemeButton } from './ThemeButton.tsx';
import { VideoPlace } from './VideoPlace.tsx';

/** The places one goes to, the running job, who is signed in, and health. On a phone a bar at the bottom. */
export function Rail(props: {
  waiting: number;
  /** Why there is no video yet; undefined until the server has said. */
  videoReason: string | undefined;
  job: JSX.Element;
  health: JSX.Element;
}) {
  return (
    <aside class={styles.rail}>
      <A href="/" class={styles.brand} aria-label="Isengard, home">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span class={styles.name}>Isengard</span>
      </A>
      <button
        type="button"
        class={styles.search}
        data-tooltip-side="right"
        data-tooltip="Search and commands"
        data-keys="mod+k"
        onClick={() => openOverlay('palette')}
      >
        <Search size={16} aria-hidden="true" />
        <span class={styles.label} data-label>
          Search
        </span>
        <span class={styles.keys}>
          <For each={keysOf('mod+k')}>{(key) => <kbd>{key}</kbd>}</For>
        </span>
      </button>
      <nav aria-label="Main" class={styles.places}>
        <For each={PLACES}>
          {(place) => (
            <PlaceLink place={place}>
              <Show when={place.href === '/queue' && props.waiting > 0}>
                <span class={`${styles.count} numbers`}>
                  {props.waiting}
                  <span class="srOnly"> waiting or running</span>
                </span>
              </Show>
            </PlaceLink>
          )}
        </For>
        <VideoPlace reason={props.videoReason} />
        <PlaceLink place={SETTINGS} class={styles.wide ?? ''} />
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

function PlaceLink(props: { place: Place; class?: string; children?: JSX.Element }) {
  const location = useLocation();
  return (
    <A
      href={props.place.href}
      class={`${styles.place} ${props.class ?? ''}`}
      aria-current={isWithin(props.place, location.pathname) ? 'page' : undefined}
      data-tooltip-side="right"
      data-tooltip={props.place.label}
      data-keys={props.place.keys}
    >
      <Dynamic component={props.place.icon} size={20} aria-hidden="true" />
      <span class={styles.label} data-label>
        {props.place.label}
      </span>
      {props.children}
    </A>
  );
}
