import { createEffect, createRoot } from 'solid-js';

/** Resolves once the condition, made of signals, holds. */
export function when(condition: () => boolean): Promise<void> {
  return new Promise((resolve) =>
    createRoot((dispose) =>
      createEffect(() => {
        if (!condition()) return;
        dispose();
        resolve();
      }),
    ),
  );
}
