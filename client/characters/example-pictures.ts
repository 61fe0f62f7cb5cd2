import { SCENES, type Scene } from './example-scenes.ts';

/**
 * Twelve pictures of one invented fox, in varied light, pose, distance and place: enough of a likeness for the
 * fast-test engine to learn, and nobody's photo. Drawn at 832 × 1040 px, with grain, as JPEG.
 */
const WIDTH = 832;
const HEIGHT = 1040;

type Brush = CanvasRenderingContext2D;

function shape(brush: Brush, fill: string, points: readonly [number, number][]): void {
  brush.fillStyle = fill;
  brush.beginPath();
  const last = points[points.length - 1] ?? [0, 0];
  const first = points[0] ?? [0, 0];
  brush.moveTo((last[0] + first[0]) / 2, (last[1] + first[1]) / 2);
  points.forEach(([x, y], index) => {
    const next = points[(index + 1) % points.length] ?? first;
    brush.quadraticCurveTo(x, y, (x + next[0]) / 2, (y + next[1]) / 2);
  });
  brush.fill();
}

function oval(
  brush: Brush,
  fill: string | CanvasGradient,
  x: number,
  y: number,
  rx: number,
  ry: number,
): void {
  brush.fillStyle = fill;
  brush.beginPath();
  brush.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
  brush.fill();
}

function paintPlace(brush: Brush, { sky, ground, glow, light }: Scene, random: () => number): void {
  const air = brush.createLinearGradient(0, 0, 0, HEIGHT);
  air.addColorStop(0, sky[0]);
  air.addColorStop(0.75, sky[1]);
  brush.fillStyle = air;
  brush.fillRect(0, 0, WIDTH, HEIGHT);
  brush.globalAlpha = 0.16;
  for (let i = 0; i < 26; i += 1)
    oval(brush, glow, random() * WIDTH, random() * HEIGHT * 0.8, 20 + random() * 60, 20 + random() * 60);
  brush.globalAlpha = 1;
  const floor = brush.createLinearGradient(0, HEIGHT * 0.72, 0, HEIGHT);
  floor.addColorStop(0, sky[1]);
  floor.addColorStop(0.35, ground);
  brush.fillStyle = floor;
  brush.fillRect(0, HEIGHT * 0.72, WIDTH, HEIGHT * 0.28);
  const sun = brush.createRadialGradient(
    (0.5 + light * 0.5) * WIDTH,
    160,
    0,
    (0.5 + light * 0.5) * WIDTH,
    160,
    620,
  );
  sun.addColorStop(0, glow);
  sun.addColorStop(1, 'transparent');
  brush.globalAlpha = 0.5;
  brush.fillStyle = sun;
  brush.fillRect(0, 0, WIDTH, HEIGHT);
  brush.globalAlpha = 1;
}

/** The fox around (0, 0), about 560 units wide; `turn` moves the features as a turning head does. */
function paintFox(brush: Brush, { turn, eyes, scarf }: Scene): void {
  const side = turn * 60;
  shape(brush, '#a8481c', [
    [-190, 210],
    [-260, 560],
    [260, 560],
    [190, 210],
  ]);
  shape(brush, '#f0e2d0', [
    [-90 + side / 2, 230],
    [-120, 560],
    [120, 560],
    [90 + side / 2, 230],
  ]);
  for (const way of [-1, 1]) {
    const reach = way * 150 - side * 0.4;
    shape(brush, '#8a3814', [
      [reach - 80, -120],
      [reach + way * 60, -330],
      [reach + 80, -120],
      [reach, -60],
    ]);
    shape(brush, '#3b1c10', [
      [reach - 40, -130],
      [reach + way * 46, -285],
      [reach + 44, -130],
      [reach, -90],
    ]);
  }
  shape(brush, '#c8581f', [
    [-230, -60],
    [-150, -190],
    [0, -215],
    [150, -190],
    [230, -60],
    [190, 90],
    [60, 230],
    [-60, 230],
    [-190, 90],
  ]);
  shape(brush, '#f4e8d8', [
    [-215 + side, 30],
    [-110 + side, 10],
    [-20 + side, 90],
    [0 + side, 230],
    [-70, 215],
    [-180, 100],
  ]);
  shape(brush, '#f4e8d8', [
    [215 + side, 30],
    [110 + side, 10],
    [20 + side, 90],
    [0 + side, 230],
    [70, 215],
    [180, 100],
  ]);
  shape(brush, '#e07a34', [
    [-46 + side, -190],
    [46 + side, -190],
    [30 + side * 1.3, 90],
    [-30 + side * 1.3, 90],
  ]);
  oval(brush, '#241511', side * 1.5, 172, 36, 27);
  oval(brush, '#8d7468', side * 1.5 - 9, 163, 10, 6);
  for (const way of [-1, 1]) {
    const x = way * 98 + side;
    if (eyes === 'closed') {
      brush.strokeStyle = '#241511';
      brush.lineWidth = 9;
      brush.beginPath();
      brush.arc(x, 8, 30, Math.PI * 0.15, Math.PI * 0.85);
      brush.stroke();
      continue;
    }
    oval(brush, '#241511', x, 20, 31, eyes === 'wide' ? 38 : 29);
    oval(brush, '#d99a2b', x, 20, 21, eyes === 'wide' ? 29 : 21);
    oval(brush, '#120a08', x + side * 0.08, 20, 9, 17);
    oval(brush, '#fffaf0', x - 8, 10, 6, 6);
  }
  shape(brush, scarf, [
    [-200, 225],
    [0, 300],
    [200, 225],
    [215, 300],
    [0, 385],
    [-215, 300],
  ]);
  shape(brush, scarf, [
    [70, 330],
    [140, 320],
    [170, 500],
    [95, 510],
  ]);
}

function paintLight(brush: Brush, { light, shade }: Scene): void {
  const fall = brush.createLinearGradient((0.5 - light * 0.5) * WIDTH, 0, (0.5 + light * 0.5) * WIDTH, 0);
  fall.addColorStop(0, `rgb(10 8 20 / ${shade})`);
  fall.addColorStop(1, 'rgb(10 8 20 / 0)');
  brush.fillStyle = fall;
  brush.fillRect(0, 0, WIDTH, HEIGHT);
}

function paintGrain(brush: Brush, random: () => number): void {
  const pixels = brush.getImageData(0, 0, WIDTH, HEIGHT);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const grain = (random() + random() - 1) * 14;
    data[i] = (data[i] ?? 0) + grain;
    data[i + 1] = (data[i + 1] ?? 0) + grain;
    data[i + 2] = (data[i + 2] ?? 0) + grain;
  }
  brush.putImageData(pixels, 0, 0);
}

/** mulberry32: the same pictures each time, so a second try meets the same ones. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function draw(what: Scene, index: number): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (brush === null) throw new Error('This browser gives the page no canvas to draw on.');
  const random = seeded(index + 1);
  paintPlace(brush, what, random);
  brush.save();
  brush.translate(what.x * WIDTH, what.y * HEIGHT - 60);
  brush.rotate(what.tilt);
  brush.scale(what.scale * 1.08, what.scale * 1.08);
  paintFox(brush, what);
  brush.restore();
  paintLight(brush, what);
  paintGrain(brush, random);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
  if (blob === null) throw new Error('This browser cannot write JPEG.');
  return new File([blob], `ember-${String(index + 1).padStart(2, '0')}-${what.name}.jpg`, {
    type: 'image/jpeg',
  });
}

export async function drawExamplePictures(): Promise<File[]> {
  const files: File[] = [];
  // One after the other: drawing twelve at once would hold the page still.
  for (const [index, what] of SCENES.entries()) files.push(await draw(what, index));
  return files;
}
