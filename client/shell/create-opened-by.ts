import { useSearchParams } from '@solidjs/router';
import { type Accessor, createEffect, createSignal, untrack } from 'solid-js';

/**
 * Whether a dialog is open that other places can lead to: `?{name}=1` opens it and is gone from the address at once, so that neither
 * a reload nor the way back opens it again.
 */
export function createOpenedBy(
  name: string,
  mayOpen: () => boolean = () => true,
): [Accessor<boolean>, (isOpen: boolean) => void] {
  const [params, setParams] = useSearchParams();
  const [isOpen, setOpen] = createSignal(false);
  createEffect(() => {
    if (params[name] === undefined) return;
    setOpen(untrack(mayOpen));
    setParams({ [name]: null }, { replace: true });
  });
  return [isOpen, setOpen];
}
