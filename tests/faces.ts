import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Picture } from './pictures.ts';

/** Pictures of people: NASA's portrait of an astronaut, and what the documentation of the library shows that finds faces. */
const PORTRAIT = join(import.meta.dirname, 'fixtures/faces/astronaut.jpg');
const assets = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '../assets');
/** A table of faces: the first row is one man in 18 photos, the rows from the third on are other people. */
const TABLE = join(assets, 'screenshot-facematch.jpg');
const TILE = { left: 106.67, top: 112.4, first: 283, size: 104 };

/** Five people in one picture: the man of the table and four women. */
export const groupPhoto = () => readFile(join(assets, 'screenshot-facedetect.jpg'));

type Look = { left: number; top: number; side: number; brightness?: number; isMirrored?: boolean };

/** The same face in other crops and lights, 512 pixels a side. */
const LOOKS: Look[] = [
  { left: 140, top: 20, side: 190 },
  { left: 110, top: 0, side: 230, brightness: 0.8 },
  { left: 150, top: 25, side: 170, isMirrored: true },
  { left: 90, top: 0, side: 270, brightness: 1.1 },
  { left: 130, top: 15, side: 200 },
];

export const portraits = (): Promise<Picture[]> =>
  Promise.all(
    LOOKS.map(async ({ left, top, side, brightness = 1, isMirrored = false }, i) => ({
      name: `astronaut-${i}.jpg`,
      bytes: await sharp(PORTRAIT)
        .extract({ left, top, width: side, height: side })
        .resize(512, 512)
        .modulate({ brightness })
        .flop(isMirrored)
        .jpeg({ quality: 90 })
        .toBuffer(),
    })),
  );

/** Two that differ so little that the fast-test engine draws a clear face of them, whatever it is asked for. */
export const alikePortraits = async () => (await portraits()).filter((_, i) => i === 0 || i === 4);

const tile = (row: number, column: number) =>
  sharp(TABLE)
    .extract({
      left: Math.round(column * TILE.left) + 1,
      top: Math.round(TILE.first + row * TILE.top),
      width: TILE.size,
      height: TILE.size,
    })
    .resize(416)
    .extend({ top: 104, bottom: 104, left: 104, right: 104, background: '#404040' })
    .png()
    .toBuffer();

/** One man, photographed at other times and places each time. */
export const oneMan = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, column) => tile(0, column)));

/** Each another person than the others and the man. */
export const otherPeople = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, column) => tile(3, column)));
