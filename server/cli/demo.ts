import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Problem } from './demo-api.ts';
import { type Command, complain, runCommand } from './demo-cli.ts';
import { findOrCreateCharacter, generate, train, uploadPhotos } from './demo-steps.ts';

/**
 * The main job without a browser, over the public API alone: photos in, a LoRA out, images made with it. It imports nothing
 * of the server, so it is also the example of how to write a program against the API.
 */
const USAGE = `Usage: npm run demo -- FOLDER [--name NAME] [--steps N] [--url http://localhost:3000] [--out FOLDER]

FOLDER holds photos of one character. Without --url, an installation is started for the time of the demo when none runs.`;

const IMAGES = 4;
const STRENGTH = 0.8;
const PHOTO_TYPES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.heic', '.heif']);

type Options = {
  folder: string;
  name: string;
  out: string;
  url: string | undefined;
  steps: number | undefined;
};

function readOptions(): Options {
  const { values, positionals } = parse();
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new Problem(USAGE);
  const folder = fromCaller(given);
  const name = values.name ?? basename(folder);
  const steps = values.steps === undefined ? undefined : Number(values.steps);
  if (steps !== undefined && !(Number.isInteger(steps) && steps > 0))
    throw new Problem(`--steps must be a whole number from 1; it is ${values.steps}.`);
  const out = fromCaller(values.out ?? join('demo-output', name.replace(/[/\\:\0]/g, '_')));
  return { folder, name, out, url: values.url, steps };
}

/** npm runs us in the project's folder and remembers here where it was called. */
const CALLER = process.env.INIT_CWD ?? process.cwd();
const fromCaller = (path: string) => resolve(CALLER, path);

function parse() {
  const string = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: { url: string, name: string, steps: string, out: string },
    });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

async function photosIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Problem(`The folder ${folder} cannot be read (${error.code}).`);
  });
  const photos = entries.filter(
    (entry) => !entry.isDirectory() && PHOTO_TYPES.has(extname(entry.name).toLowerCase()),
  );
  if (photos.length === 0)
    throw new Problem(`There is no photo in ${folder}: put JPEG, PNG, WebP, GIF or AVIF files there.`);
  return photos.map(({ name }) => join(folder, name)).sort();
}

async function demonstrate({ folder, name, out, steps }: Options, session: Command) {
  const { screen } = session;
  const startedAt = performance.now();
  const photos = await photosIn(folder);
  const character = await findOrCreateCharacter(session, name);
  screen.line(`Character ${character.name}, trigger word "${character.triggerWord}"`);

  screen.line(`${photos.length} photos in ${folder}`);
  const kept = await uploadPhotos(session, character.id, photos);
  if (kept === 0) throw new Problem('None of the photos can be used.');

  const lora = await train(session, character.id, { ...(steps !== undefined && { steps }) });
  screen.line(`LoRA ${lora.name}`);

  const prompt = `a photo of ${character.triggerWord}`;
  screen.line(`${IMAGES} images of "${prompt}"`);
  const outputs = await generate(session, {
    prompt,
    count: IMAGES,
    loras: [{ loraId: lora.id, strength: STRENGTH }],
  });

  await mkdir(out, { recursive: true });
  const files = [
    { url: lora.url, path: join(out, `${character.triggerWord}-v${lora.version}.safetensors`) },
    ...outputs.map(({ url, index, seed }) => ({
      url,
      path: join(out, `v${lora.version}-image-${index + 1}-seed-${seed}.png`),
    })),
  ];
  for (const file of files) await download(session, file);
  screen.line(`Done in ${Math.round((performance.now() - startedAt) / 1000)} s:`);
  for (const { path } of files) screen.line(`  ${shortest(path)}`);
}

/** Under its name only when it is whole. */
async function download({ api, signal }: Command, { url, path }: { url: string; path: string }) {
  const part = `${path}.part`;
  try {
    await pipeline(await api.file(url, signal), createWriteStream(part));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

function shortest(path: string) {
  const inside = relative(CALLER, path);
  return inside.startsWith('..') ? path : inside;
}

try {
  const options = readOptions();
  // Before anything is started for it.
  await photosIn(options.folder);
  await runCommand(options.url, (session) => demonstrate(options, session));
} catch (error) {
  complain(error);
}
