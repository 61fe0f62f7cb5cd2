import { createSignal } from 'solid-js';

type Toast = {
  id: number;
  kind: 'good' | 'bad';
  title: string;
  message?: string;
  correlationId?: string | null;
};

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
const GOOD_MS = 5_000;
let lastId = 0;

export { toasts };

export function dismiss(id: number): void {
  setToasts(toasts().filter((toast) => toast.id !== id));
}

/** Good news goes by itself; bad news stays until it was read. */
export function toast(what: Omit<Toast, 'id'>): void {
  lastId += 1;
  const id = lastId;
  setToasts([...toasts().slice(-3), { ...what, id }]);
  if (what.kind === 'good') setTimeout(() => dismiss(id), GOOD_MS);
}
