import { Dialog as Kobalte } from '@kobalte/core/dialog';
import { Provider } from '@urql/solid';
import { onCleanup, onMount } from 'solid-js';
import { createReturnFocus } from '../ui/return-focus.ts';
import { isOut, takeAccess, user, type Viewer } from './access.ts';
import styles from './Door.module.css';
import { Brand } from './Door.tsx';
import { checkAccess, door } from './door.ts';
import { SignInForm } from './SignInForm.tsx';

/** Over a page whose session has ended: all of it is covered, also its dialogs, and none of it is lost. */
export function SignInAgain() {
  let content: HTMLDivElement | undefined;
  const returnFocus = createReturnFocus(isOut);
  // The button that was pressed when it ended was waiting, and had no focus to give back.
  const goOn = (event: Event) => {
    returnFocus(event);
    if (document.activeElement === document.body)
      document.getElementById('main')?.focus({ preventScroll: true });
  };
  // The name is there already.
  const focusPassword = (event: Event) => {
    event.preventDefault();
    content?.querySelector<HTMLInputElement>('input[name="password"]')?.focus();
  };
  return (
    <Kobalte open={isOut()}>
      <Kobalte.Portal>
        <Kobalte.Content
          ref={content}
          class={styles.again}
          onOpenAutoFocus={focusPassword}
          onCloseAutoFocus={goOn}
        >
          <Inside />
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte>
  );
}

function Inside() {
  // One may have signed in again in another tab.
  onMount(() => {
    const look = () => void checkAccess();
    window.addEventListener('focus', look);
    onCleanup(() => window.removeEventListener('focus', look));
  });
  const enter = (viewer: Viewer) => takeAccess({ isOn: true, isSetUp: true, viewer });
  return (
    <Provider value={door}>
      <div class={styles.door}>
        <div class={styles.column}>
          <Brand />
          <div class={styles.head}>
            <Kobalte.Title as="h1">You were signed out</Kobalte.Title>
            <Kobalte.Description class={styles.lead}>
              Your session has ended. Sign in to go on where you were: what you typed is still there.
            </Kobalte.Description>
          </div>
          <SignInForm name={user()?.name} onSignedIn={enter} />
        </div>
      </div>
    </Provider>
  );
}
