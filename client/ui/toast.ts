import { createSignal } from 'solid-js';

type Toast = {
  id: number;
  kind: 'good' | 'bad';
  title: string;
  message?: string;
  correlationId?: string | null;
  /** How one takes it back. */
  action?: { label: string; run: () => void };
};

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
const GOOD_MS = 5_000;
const ACTION_MS = 15_000;
const MOST = 4;
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let lastId = 0;

export { toasts };

export function dismiss(id: number): void {
  hold(id);
  setToasts(toasts().filter((toast) => toast.id !== id));
}

/** It stays as long as somebody is at it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

/** Good news goes by itself; bad news stays until it was read. */
export function release(toast: Toast): void {
  hold(toast.id);
  if (toast.kind === 'good')
    timers.set(
      toast.id,
      setTimeout(() => dismiss(toast.id), toast.action === undefined ? GOOD_MS : ACTION_MS),
    );
}

export function toast(what: Omit<Toast, 'id'>): void {
  lastId += 1;
  const made = { ...what, id: lastId };
  for (const { id } of toasts().slice(0, 1 - MOST)) dismiss(id);
  setToasts([...toasts(), made]);
  release(made);
}
