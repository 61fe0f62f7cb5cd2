import { createSignal } from 'solid-js';

const [attempt, setAttempt] = createSignal(0);

export { attempt };

/** Pictures that could not be loaded are tried again: the server is back, or whoever looks is. */
export function retryPictures(): void {
  setAttempt(attempt() + 1);
}
