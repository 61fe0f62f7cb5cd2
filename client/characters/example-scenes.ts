/** Where, in which light and how the invented fox of the example pictures sits. */
export type Scene = {
  name: string;
  sky: [string, string];
  ground: string;
  /** Where the light comes from, -1 left to 1 right, and its colour. */
  light: number;
  glow: string;
  shade: number;
  turn: number;
  tilt: number;
  scale: number;
  x: number;
  y: number;
  scarf: string;
  eyes: 'open' | 'closed' | 'wide';
};

function scene(
  name: string,
  [top, bottom, ground, glow]: [string, string, string, string],
  [light, shade, turn, tilt, scale, x, y]: [number, number, number, number, number, number, number],
  scarf: string,
  eyes: Scene['eyes'] = 'open',
): Scene {
  return { name, sky: [top, bottom], ground, glow, light, shade, turn, tilt, scale, x, y, scarf, eyes };
}

export const SCENES: readonly Scene[] = [
  scene(
    'window',
    ['#cfd8d6', '#8ea3a0', '#5f6d66', '#fff6e0'],
    [-0.8, 0.3, 0, 0, 1.15, 0.5, 0.56],
    '#2f6f73',
  ),
  scene(
    'sunset',
    ['#f2a65a', '#b8485a', '#3a2434', '#ffd9a0'],
    [0.9, 0.5, 0.35, -0.06, 0.95, 0.46, 0.58],
    '#2f6f73',
  ),
  scene(
    'snow',
    ['#dfe9f2', '#b9cad9', '#f3f6f9', '#ffffff'],
    [0.2, 0.12, -0.3, 0.05, 1.0, 0.54, 0.57],
    '#8c2f39',
  ),
  scene(
    'forest',
    ['#4d6b4f', '#2b3f33', '#1f2d22', '#d8e6a8'],
    [-0.5, 0.45, 0.2, 0.1, 0.82, 0.42, 0.6],
    '#2f6f73',
  ),
  scene(
    'night',
    ['#1a2140', '#0d1022', '#141726', '#9db4ff'],
    [0.7, 0.65, -0.15, 0, 1.1, 0.5, 0.56],
    '#c98f2b',
    'wide',
  ),
  scene(
    'studio',
    ['#9c948a', '#6f675e', '#544d46', '#fff2dd'],
    [-0.9, 0.4, -0.45, 0, 1.3, 0.52, 0.55],
    '#2f6f73',
  ),
  scene(
    'beach',
    ['#8fc7e8', '#d8ecf2', '#d9c49a', '#fff9e5'],
    [0.5, 0.2, 0.45, -0.1, 0.78, 0.56, 0.62],
    '#8c2f39',
    'closed',
  ),
  scene(
    'autumn',
    ['#d8a24a', '#9a5b2c', '#6b3b1d', '#ffe3b0'],
    [0.3, 0.35, 0.1, 0.14, 1.05, 0.48, 0.57],
    '#2f6f73',
  ),
  scene(
    'rain',
    ['#77828c', '#4c565f', '#363d44', '#dde6ee'],
    [-0.3, 0.4, -0.25, -0.08, 0.9, 0.5, 0.58],
    '#c98f2b',
    'closed',
  ),
  scene('meadow', ['#a9d5f0', '#dff0d2', '#6f9a4a', '#fffbe0'], [0.1, 0.15, 0, 0, 0.7, 0.5, 0.64], '#8c2f39'),
  scene(
    'candle',
    ['#3b2416', '#1c110b', '#120b07', '#ffb55e'],
    [-0.6, 0.6, 0.3, 0.06, 1.2, 0.5, 0.55],
    '#2f6f73',
    'closed',
  ),
  scene(
    'morning',
    ['#f3d9d3', '#e0b7b0', '#a9837c', '#fff1e8'],
    [0.8, 0.25, -0.5, 0.04, 0.98, 0.47, 0.57],
    '#c98f2b',
  ),
];
