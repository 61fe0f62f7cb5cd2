import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/**
 * Photos to test with: the 25 real ones that lie beside the repository, or drawn ones where they do not.
 */
export type Picture = { name: string; bytes: Buffer };
export const SUBJECTS = ['lighthouse', 'fox', 'cup', 'sailboat', 'cactus'] as const;
export type Subject = (typeof SUBJECTS)[number];

const REAL = fileURLToPath(new URL('../../shared/data/dreambooth', import.meta.url));

/** Five subjects with five photos each. */
export async function realPhotos(): Promise<Picture[]> {
  if (!existsSync(REAL)) return drawnPhotos();
  const names = (await readdir(REAL, { recursive: true })).filter((name) => name.endsWith('.jpg')).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: `${basename(join(name, '..'))}-${basename(name)}`,
      bytes: await readFile(join(REAL, name)),
    })),
  );
}

async function drawnPhotos(): Promise<Picture[]> {
  const photos: Picture[] = [];
  for (const subject of SUBJECTS) {
    for (let seed = 0; seed < 5; seed++) {
      const bytes = await drawPhoto({ seed, width: 1024, height: 1024, subject });
      photos.push({ name: `${subject}-0${seed}.jpg`, bytes });
    }
  }
  return photos;
}

/** mulberry32 */
function dice(seed: number) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return (from: number, to: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return from + (((t ^ (t >>> 14)) >>> 0) / 4294967296) * (to - from);
  };
}

/** Dawn, noon, dusk, night: the upper and lower colour of the sky, the ground, and how bright the subject stands. */
const LIGHTS = [
  { sky: ['#f6c7a5', '#fbe9d0'], ground: '#8fae8b', shade: 0.08 },
  { sky: ['#7fb8e6', '#dff1fb'], ground: '#7fb069', shade: 0 },
  { sky: ['#6b4d8a', '#f2a27a'], ground: '#5c6b57', shade: 0.2 },
  { sky: ['#101c3c', '#3b5a86'], ground: '#24393b', shade: 0.38 },
  { sky: ['#c3ced6', '#eef2f3'], ground: '#9aa79a', shade: 0.1 },
] as const;

/** Each in a box from −50 to 50, standing on y = 50. */
const SHAPES: Record<Subject, string> = {
  lighthouse: `<path d="M-14 50 L-9 -22 H9 L14 50Z" fill="#f7f3ea"/><path d="M-12.6 30 L-11.6 16 H11.6 L12.6 30Z
    M-10.8 4 L-9.9 -9 H9.9 L10.8 4Z" fill="#d8453b"/><rect x="-11" y="-26" width="22" height="4" fill="#333d47"/>
    <rect x="-7" y="-37" width="14" height="11" fill="#ffe08a"/><path d="M-9 -37 L0 -47 L9 -37Z" fill="#d8453b"/>
    <path d="M7 -34 L60 -48 V-20 L7 -29Z" fill="#fff3c0" opacity=".45"/><rect x="-3" y="38" width="6" height="12" rx="3" fill="#5b4636"/>`,
  fox: `<path d="M-36 -42 L-8 -20 L-32 0Z M36 -42 L8 -20 L32 0Z" fill="#d9702e"/><path d="M-32 -34 L-14 -19 L-29 -8Z
    M32 -34 L14 -19 L29 -8Z" fill="#40291f"/><path d="M0 -26 C26 -26 38 -6 34 10 C28 30 12 40 0 48 C-12 40 -28 30 -34 10
    C-38 -6 -26 -26 0 -26Z" fill="#e8853d"/><path d="M-34 8 C-20 10 -8 18 0 34 C8 18 20 10 34 8 C30 30 12 40 0 48
    C-12 40 -30 30 -34 8Z" fill="#fff6ea"/><circle cx="-14" cy="4" r="4.5" fill="#2a1b14"/><circle cx="14" cy="4" r="4.5"
    fill="#2a1b14"/><circle cx="-12.6" cy="2.6" r="1.4" fill="#fff"/><circle cx="15.4" cy="2.6" r="1.4" fill="#fff"/>
    <ellipse cx="0" cy="42" rx="6" ry="4.6" fill="#2a1b14"/>`,
  cup: `<path d="M22 0 C48 -4 48 34 18 34" fill="none" stroke="#2f7f86" stroke-width="7"/><path d="M-28 -14 H28 L22 44
    C20 50 -20 50 -22 44Z" fill="#3c99a0"/><ellipse cx="0" cy="-14" rx="28" ry="8" fill="#2f7f86"/><ellipse cx="0" cy="-13"
    rx="23" ry="5.5" fill="#5a3825"/><path d="M-26 8 H26 L25 18 H-25Z" fill="#f4e3c4"/><path d="M-8 -26 q6 -8 0 -16 M6 -26
    q6 -8 0 -16" stroke="#fff" stroke-width="2.4" fill="none" opacity=".7"/>`,
  sailboat: `<path d="M-3 -46 V30" stroke="#5b4636" stroke-width="3"/><path d="M1 -44 C30 -20 34 8 32 24 H1Z" fill="#fdf8ee"/>
    <path d="M-6 -36 C-24 -10 -30 8 -30 22 H-6Z" fill="#e2574c"/><path d="M-40 30 H42 C38 46 26 50 18 50 H-20
    C-30 50 -38 42 -40 30Z" fill="#2c5f8a"/><path d="M-39 34 H40" stroke="#fdf8ee" stroke-width="2.5"/>`,
  cactus: `<path d="M-22 26 H22 L17 50 H-17Z" fill="#c8714a"/><rect x="-25" y="20" width="50" height="8" rx="2" fill="#b5603c"/>
    <rect x="-11" y="-40" width="22" height="62" rx="11" fill="#4f9c5a"/><path d="M-11 4 H-22 V-14" stroke="#4f9c5a"
    stroke-width="11" fill="none" stroke-linecap="round" stroke-linejoin="round"/><path d="M11 -6 H23 V-24" stroke="#4f9c5a"
    stroke-width="11" fill="none" stroke-linecap="round" stroke-linejoin="round"/><path d="M-4 -32 V16 M4 -32 V16"
    stroke="#3f8049" stroke-width="2"/><circle cx="0" cy="-41" r="6" fill="#ef7fa0"/>`,
};

/**
 * A JPEG as a phone would take it: a little scene in one of five lights, with grain, stored turned (EXIF orientation
 * 6) when it is upright, and with a GPS position that nothing derived from it may keep. Equal input, equal bytes.
 * `width` and `height` are those of the picture as one sees it.
 */
export async function drawPhoto(of: {
  seed: number;
  width: number;
  height: number;
  subject?: Subject;
}): Promise<Buffer> {
  const { seed, width, height, subject = SUBJECTS[Math.abs(seed) % SUBJECTS.length] ?? 'fox' } = of;
  const scene = await sharp(Buffer.from(sceneOf({ seed, width, height, subject })))
    .removeAlpha()
    .raw()
    .toBuffer();
  const roll = dice(seed * 31 + 7);
  const strength = roll(5, 11);
  for (let i = 0; i < scene.length; i += 3) {
    const grain = strength * (roll(0, 1) + roll(0, 1) - 1);
    for (let c = i; c < i + 3; c++) scene[c] = Math.max(0, Math.min(255, (scene[c] ?? 0) + grain));
  }
  const isTurned = height > width;
  const upright = sharp(scene, { raw: { width, height, channels: 3 } });
  // Orientation 6 says: turn clockwise to see it. So the stored picture is turned the other way.
  return (isTurned ? upright.rotate(270) : upright)
    .withExif({
      IFD0: { Make: 'Isengard', Model: 'Drawn', Orientation: isTurned ? '6' : '1' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 8/1 14/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '11/1 34/1 31/1',
      },
    })
    .withMetadata({ orientation: isTurned ? 6 : 1 })
    .jpeg({ quality: 88 })
    .toBuffer();
}

function sceneOf({
  seed,
  width,
  height,
  subject,
}: {
  seed: number;
  width: number;
  height: number;
  subject: Subject;
}) {
  const roll = dice(seed);
  const light = LIGHTS[Math.floor(roll(0, LIGHTS.length))] ?? LIGHTS[1];
  const size = Math.min(width, height) / 100;
  const scale = size * roll(0.62, 0.95);
  const [x, y] = [width * roll(0.38, 0.62), height * roll(0.46, 0.58)];
  const horizon = height * roll(0.62, 0.74);
  const clouds = Array.from({ length: 4 }, () => {
    const [cx, cy, rx] = [roll(0, width), roll(0, horizon * 0.7), size * roll(8, 22)];
    return `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${rx * 0.28}" fill="#fff" opacity="${roll(0.15, 0.5)}"/>`;
  });
  const hills = Array.from({ length: 2 }, () => {
    const [cx, rx] = [roll(0, width), width * roll(0.3, 0.6)];
    return `<ellipse cx="${cx}" cy="${horizon + size * 6}" rx="${rx}" ry="${size * roll(8, 20)}" fill="${light.ground}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${light.sky[0]}"/><stop offset="1"
    stop-color="${light.sky[1]}"/></linearGradient><radialGradient id="lens" r=".75"><stop offset=".6" stop-opacity="0"/>
    <stop offset="1" stop-opacity=".35"/></radialGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>${clouds.join('')}${hills.join('')}
    <rect y="${horizon}" width="100%" height="100%" fill="${light.ground}"/>
    <ellipse cx="${x}" cy="${y + 50 * scale}" rx="${34 * scale}" ry="${6 * scale}" opacity=".3"/>
    <g transform="translate(${x} ${y}) rotate(${roll(-6, 6)}) scale(${roll(0, 1) < 0.5 ? -scale : scale} ${scale})">
    ${SHAPES[subject]}</g><rect width="100%" height="100%" opacity="${light.shade}" fill="#0b1030"/>
    <rect width="100%" height="100%" fill="url(#lens)"/></svg>`;
}
