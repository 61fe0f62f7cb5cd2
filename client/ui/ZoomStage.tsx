import { type JSX, onCleanup, onMount } from 'solid-js';
import styles from './ZoomStage.module.css';
import { panBy, transformOf, WHOLE, type Zoom, zoomAt } from './zoom.ts';

const STEP = 1.25;
const PAN = 0.1;

/** A picture to look into: by wheel, by pinch, by drag, and by the keys + − 0 and the arrows. Who has the zoom of several, moves all of them. */
export function ZoomStage(props: {
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  label: string;
  children: JSX.Element;
}) {
  let stage: HTMLDivElement | undefined;
  const pointers = new Map<number, { x: number; y: number }>();
  const placeOf = (event: { clientX: number; clientY: number }) => {
    const box = stage?.getBoundingClientRect();
    return {
      x: (event.clientX - (box?.left ?? 0)) / (box?.width || 1),
      y: (event.clientY - (box?.top ?? 0)) / (box?.height || 1),
    };
  };
  const span = () => {
    const [a, b] = [...pointers.values()];
    if (a === undefined || b === undefined) return null;
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  };

  onMount(() => {
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      props.onZoom(zoomAt(props.zoom, Math.exp(-event.deltaY / 400), placeOf(event)));
    };
    // A listener of the framework would be passive, and the page would scroll along.
    stage?.addEventListener('wheel', onWheel, { passive: false });
    onCleanup(() => stage?.removeEventListener('wheel', onWheel));
  });

  const onPointerDown = (event: PointerEvent) => {
    stage?.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(event));
  };
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const pinch = span();
    const now = placeOf(event);
    pointers.set(event.pointerId, now);
    const spread = span();
    if (pinch === null || spread === null)
      return props.onZoom(panBy(props.zoom, now.x - before.x, now.y - before.y));
    const factor = spread.distance / (pinch.distance || 1);
    const moved = panBy(props.zoom, spread.middle.x - pinch.middle.x, spread.middle.y - pinch.middle.y);
    props.onZoom(zoomAt(moved, factor, spread.middle));
  };
  const onPointerUp = (event: PointerEvent) => pointers.delete(event.pointerId);
  const onKeyDown = (event: KeyboardEvent) => {
    const next: Record<string, () => Zoom> = {
      '+': () => zoomAt(props.zoom, STEP),
      '=': () => zoomAt(props.zoom, STEP),
      '-': () => zoomAt(props.zoom, 1 / STEP),
      '0': () => WHOLE,
      ArrowLeft: () => panBy(props.zoom, PAN, 0),
      ArrowRight: () => panBy(props.zoom, -PAN, 0),
      ArrowUp: () => panBy(props.zoom, 0, PAN),
      ArrowDown: () => panBy(props.zoom, 0, -PAN),
    };
    const to = next[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey) return;
    const zoom = to();
    // A key that changes nothing is left to whoever else listens: the next picture, say.
    if (zoom.scale === props.zoom.scale && zoom.x === props.zoom.x && zoom.y === props.zoom.y) return;
    event.preventDefault();
    props.onZoom(zoom);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: it is neither a form field nor a set of them; it has keys of its own.
    <div
      ref={stage}
      class={styles.stage}
      role="group"
      aria-label={props.label}
      aria-description="Plus and minus zoom, arrow keys move, 0 shows all."
      tabindex="0"
      data-zoomed={props.zoom.scale > 1}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDblClick={(event) =>
        props.onZoom(props.zoom.scale > 1 ? WHOLE : zoomAt(props.zoom, 3, placeOf(event)))
      }
      onKeyDown={onKeyDown}
    >
      <div class={styles.picture} style={{ transform: transformOf(props.zoom) }}>
        {props.children}
      </div>
    </div>
  );
}
