import { Navigate, type RouteSectionProps } from '@solidjs/router';
import { Provider } from '@urql/solid';
import { createSignal, type JSX, Match, onCleanup, onMount, Show, Suspense, Switch } from 'solid-js';
import { createClient } from '../graphql/client.ts';
import type { Problem } from '../graphql/errors.ts';
import { lazyPage } from '../lazy-page.ts';
import { Shell } from '../shell/Shell.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { access, isOut } from './access.ts';
import { checkAccess, door } from './door.ts';
import { isDoor, signInHref } from './next.ts';

const SignInAgain = lazyPage('SignInAgain', () => import('./SignInAgain.tsx'));

const RETRY_MS = 3_000;

/** Asks first who one is. Whoever may be in finds the studio; anybody else the way in, which comes back to here. */
export function Gate(props: RouteSectionProps) {
  const here = () => `${props.location.pathname}${props.location.search}${props.location.hash}`;
  return (
    <Switch fallback={<Navigate href={signInHref(here())} />}>
      <Match when={access() === null}>
        <Asking />
      </Match>
      <Match when={isDoor(props.location.pathname)}>
        <Provider value={door}>
          <Suspense>{props.children}</Suspense>
          <Toasts />
        </Provider>
      </Match>
      <Match when={access()?.viewer != null}>
        <Inside>
          <Shell {...props} />
        </Inside>
      </Match>
    </Switch>
  );
}

/** As long as the server does not say who one is, nothing can be shown; it is asked until it does. */
function Asking() {
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const ask = async () => setProblem(await checkAccess());
  onMount(() => void ask());
  const timer = setInterval(() => {
    if (problem() !== null) void ask();
  }, RETRY_MS);
  onCleanup(() => clearInterval(timer));
  return (
    <Show when={problem()}>
      {(why) => (
        <main>
          <ErrorState
            message={why().message}
            correlationId={why().correlationId}
            onRetry={() => void ask()}
          />
        </main>
      )}
    </Show>
  );
}

/** With a client of its own, which goes when whoever is in goes. */
function Inside(props: { children: JSX.Element }) {
  const { client, close } = createClient();
  onCleanup(close);
  // A page that the browser kept, and shows again as it was: it may be another's by now.
  const onShow = (event: PageTransitionEvent) => {
    if (event.persisted) void checkAccess();
  };
  window.addEventListener('pageshow', onShow);
  onCleanup(() => window.removeEventListener('pageshow', onShow));
  return (
    <Provider value={client}>
      {props.children}
      <Show when={isOut()}>
        <Suspense>
          <SignInAgain />
        </Suspense>
      </Show>
    </Provider>
  );
}
