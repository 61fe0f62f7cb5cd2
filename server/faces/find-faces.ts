import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Config, Human } from '@vladmandic/human';
import sharp from 'sharp';
import type { Face } from './face-protocol.ts';

/** More pixels find no more faces that could be compared. */
const MAX_SIDE = 1024;
/**
 * How sure the detector and then the mesh have to be. Of 23 faces in photos of groups the least sure had 0.53 and 0.90; of 35 photos of
 * animals and things, two of one dog pass.
 */
const CANDIDATE = 0.5;
const FACE = 0.85;

/** Of its side, on each. */
const FRAME = 0.3;
const GREY = '#808080';

const require = createRequire(import.meta.url);
/** Its variant for WebAssembly is none of its exports: beside the main one, which wants a native library. */
const dist = dirname(require.resolve('@vladmandic/human'));
const models = pathToFileURL(join(dist, '../models/'));
const wasm = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/');

const OFF = { enabled: false };
const CONFIG: Partial<Config> = {
  backend: 'wasm',
  wasmPath: wasm,
  modelBasePath: models.href,
  debug: false,
  // Each picture stands for itself: it is no frame of a video.
  cacheSensitivity: 0,
  face: {
    enabled: true,
    // The crop that tells people apart best, of 1.2 to 1.6 (decision 013).
    detector: { rotation: true, maxDetected: 10, minConfidence: CANDIDATE, scale: 1.2 },
    mesh: { enabled: true },
    description: { enabled: true },
    ...{ iris: OFF, emotion: OFF, antispoof: OFF, liveness: OFF },
  },
  ...{ body: OFF, hand: OFF, object: OFF, gesture: OFF, filter: OFF, segmentation: OFF },
};

/**
 * Loads the models, and returns what finds the faces in a picture file, the largest first. For a process of its own: it takes
 * `fetch` away, so that the library, which asks for its models by that name, reads our files and reaches no network.
 */
export async function faceFinder(): Promise<(path: string) => Promise<Face[]>> {
  globalThis.fetch = readModel;
  const { Human } = require(join(dist, 'human.node-wasm.js')) as typeof import('@vladmandic/human');
  const human = new Human(CONFIG);
  await human.load();
  return (path) => facesIn(human, path);
}

async function readModel(url: Parameters<typeof fetch>[0]): Promise<Response> {
  const asked = String(url);
  if (!asked.startsWith(models.href)) throw new Error(`${asked} is none of the models.`);
  const type = extname(asked) === '.json' ? 'application/json' : 'application/octet-stream';
  return new Response(await readFile(fileURLToPath(asked)), { headers: { 'content-type': type } });
}

type Pixels = { data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } };

async function facesIn(human: Human, path: string): Promise<Face[]> {
  const pixels = await sharp(path, { pages: 1, failOn: 'warning' })
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: GREY })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const faces = await seenIn(human, pixels);
  return faces.length > 0 ? faces : seenIn(human, await framed(pixels));
}

/** The detector misses a face that fills the picture, so such a one is looked at from further away. */
async function framed({ data, info: { width, height, channels } }: Pixels): Promise<Pixels> {
  const [x, y] = [Math.round(width * FRAME), Math.round(height * FRAME)];
  return sharp(data, { raw: { width, height, channels } })
    .extend({ left: x, right: x, top: y, bottom: y, background: GREY })
    .raw()
    .toBuffer({ resolveWithObject: true });
}

async function seenIn(human: Human, { data, info: { width, height } }: Pixels): Promise<Face[]> {
  const tensor = human.tf.tensor3d(new Uint8Array(data), [height, width, 3], 'int32');
  try {
    const { face, error } = await human.detect(tensor);
    if (error) throw new Error(error);
    return face
      .filter(({ faceScore }) => faceScore >= FACE)
      .flatMap(({ embedding, box: [, , w, h] }) =>
        embedding ? [{ embedding, share: Math.min(1, (w * h) / (width * height)) }] : [],
      )
      .sort((a, b) => b.share - a.share);
  } finally {
    human.tf.dispose(tensor);
  }
}
