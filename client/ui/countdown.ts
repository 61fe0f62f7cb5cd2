import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** Seconds that are left of a wait; 0 when there is none, or it is over. */
export function createCountdown(): [Accessor<number>, (seconds: number) => void] {
  const [left, setLeft] = createSignal(0);
  let end = 0;
  const timer = setInterval(() => {
    if (left() > 0) setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
  }, 500);
  onCleanup(() => clearInterval(timer));
  const start = (seconds: number) => {
    end = Date.now() + seconds * 1000;
    setLeft(seconds);
  };
  return [left, start];
}
