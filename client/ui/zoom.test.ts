import { expect, test } from 'vitest';
import { panBy, transformOf, WHOLE, type Zoom, zoomAt } from './zoom.ts';

/** The point of the picture that is at this place of the stage. */
const under = ({ scale, x, y }: Zoom, at: { x: number; y: number }) => ({
  x: x + (at.x - 0.5) / scale,
  y: y + (at.y - 0.5) / scale,
});

test('what is under the pointer stays under it', () => {
  const at = { x: 0.8, y: 0.3 };
  const closer = zoomAt(zoomAt(WHOLE, 2, at), 1.5, at);
  expect(closer.scale).toBe(3);
  expect(under(closer, at).x).toBeCloseTo(0.8);
  expect(under(closer, at).y).toBeCloseTo(0.3);
});

test('a picture is never smaller than its stage, nor pushed out of it', () => {
  expect(zoomAt(zoomAt(WHOLE, 4, { x: 0, y: 0 }), 0.01)).toEqual(WHOLE);
  expect(zoomAt(WHOLE, 1000).scale).toBe(12);
  expect(panBy(WHOLE, 0.3, 0.3)).toEqual(WHOLE);
  const zoomed = zoomAt(WHOLE, 2);
  expect(panBy(zoomed, 0.1, -0.2)).toEqual({ scale: 2, x: 0.45, y: 0.6 });
  expect(panBy(zoomed, 5, -5)).toEqual({ scale: 2, x: 0.25, y: 0.75 });
  expect(transformOf(WHOLE)).toBe('scale(1) translate(0%, 0%)');
});
