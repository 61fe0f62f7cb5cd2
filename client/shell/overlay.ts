import { createSignal } from 'solid-js';

/** What of the shell lies over the page. One at a time. */
type Overlay = 'palette' | 'shortcuts' | 'menu';

const [overlay, setOverlay] = createSignal<Overlay | null>(null);

export { overlay };

export const openOverlay = (which: Overlay) => void setOverlay(which);

/** Only that one: another may have opened in its place. */
export const closeOverlay = (which: Overlay) => void setOverlay((now) => (now === which ? null : now));
