/** How a picture is looked at: how large, and which point of it is in the middle, as shares of its width and height. */
export type Zoom = { scale: number; x: number; y: number };

export const WHOLE: Zoom = { scale: 1, x: 0.5, y: 0.5 };
const LARGEST = 12;

/** The middle stays where the picture still fills the stage. */
const within = (value: number, scale: number) => {
  const margin = 0.5 / scale;
  return Math.min(1 - margin, Math.max(margin, value));
};

const bounded = ({ scale, x, y }: Zoom): Zoom => {
  const size = Math.min(LARGEST, Math.max(1, scale));
  return { scale: size, x: within(x, size), y: within(y, size) };
};

/** Closer by a factor; the point under `at` (shares of the stage) stays under it. */
export function zoomAt(zoom: Zoom, factor: number, at = { x: 0.5, y: 0.5 }): Zoom {
  const scale = Math.min(LARGEST, Math.max(1, zoom.scale * factor));
  const shift = 1 / zoom.scale - 1 / scale;
  return bounded({ scale, x: zoom.x + (at.x - 0.5) * shift, y: zoom.y + (at.y - 0.5) * shift });
}

/** The picture follows the hand by shares of the stage. */
export const panBy = (zoom: Zoom, dx: number, dy: number): Zoom =>
  bounded({ ...zoom, x: zoom.x - dx / zoom.scale, y: zoom.y - dy / zoom.scale });

/** For an element as large as the stage, with its origin in the middle. */
export const transformOf = ({ scale, x, y }: Zoom) =>
  `scale(${scale}) translate(${(0.5 - x) * 100}%, ${(0.5 - y) * 100}%)`;
