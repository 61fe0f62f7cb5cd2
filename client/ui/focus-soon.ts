/** For a `ref`: gives the focus to what takes the place of what had it, once it is on the page. */
export const focusSoon = (element: HTMLElement): void => queueMicrotask(() => element.focus());
