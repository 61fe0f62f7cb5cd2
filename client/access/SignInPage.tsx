import { useSearchParams } from '@solidjs/router';
import { Match, onMount, Switch } from 'solid-js';
import { access, goTo } from './access.ts';
import { Door } from './Door.tsx';
import { NotSetUp } from './NotSetUp.tsx';
import { safeNext } from './next.ts';
import { SignInForm } from './SignInForm.tsx';

/** `/sign-in?next=…` */
export function SignInPage() {
  const [search] = useSearchParams<{ next: string }>();
  const goOn = () => goTo(safeNext(search.next, location.origin));
  return (
    <Switch
      fallback={
        <Door title="Sign in">
          <SignInForm onSignedIn={goOn} />
          <p class="muted small">
            Forgotten the password? An owner of this studio can make you a link for a new one.
          </p>
        </Door>
      }
    >
      <Match when={access()?.viewer != null}>
        <GoOn onMount={goOn} />
      </Match>
      <Match when={access()?.isSetUp === false}>
        <NotSetUp />
      </Match>
    </Switch>
  );
}

/** Whoever is in already has nothing to do here. */
function GoOn(props: { onMount: () => void }) {
  onMount(() => props.onMount());
  return null;
}
