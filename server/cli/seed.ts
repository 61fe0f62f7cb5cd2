import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
// Commands are tooling, not server: like the tests they may draw pictures.
import { drawPhoto, type Subject } from '#tests/pictures.ts';
import { type Command, complain, runCommand } from './demo-cli.ts';
import { type Character, findOrCreateCharacter, generate, train, uploadPhotos } from './demo-steps.ts';

/**
 * Something to look at: three characters with drawn photos, a short training each, and images in several aspect ratios. Safe
 * to repeat: what is there already is found and not made again.
 */
const CHARACTERS: { name: string; subject: Subject; prompts: string[] }[] = [
  {
    name: 'Rusty',
    subject: 'fox',
    prompts: ['in fresh snow', 'asleep on a red sofa', 'on a beach at dawn', 'in a pine forest'],
  },
  {
    name: 'Old Light',
    subject: 'lighthouse',
    prompts: ['in a storm', 'at golden hour', 'under the stars', 'in morning fog'],
  },
  {
    name: 'Windrose',
    subject: 'sailboat',
    prompts: ['on a calm lake', 'in a harbour', 'before a sunset', 'in high waves'],
  },
];

/** Upright, wide and square, as cameras and phones take them. */
const SIZES = [
  { width: 1024, height: 1024 },
  { width: 1280, height: 960 },
  { width: 960, height: 1280 },
  { width: 1440, height: 960 },
  { width: 1080, height: 1350 },
  { width: 1024, height: 1024 },
];
const STEPS = 200;

type Lora = { id: string; name: string };
const STATE = /* GraphQL */ `
  query State($id: ID!) {
    character(id: $id) { newestLora { id name } }
    outputs(characterId: $id, first: 1) { edges { node { id } } }
    aspectPresets { name width height }
  }
`;
type State = {
  character: { newestLora: Lora | null } | null;
  outputs: { edges: unknown[] };
  aspectPresets: { name: string; width: number; height: number }[];
};

async function seed(session: Command) {
  const folder = await mkdtemp(join(tmpdir(), 'isengard-seed-'));
  try {
    for (const [number, { name, subject, prompts }] of CHARACTERS.entries()) {
      const character = await findOrCreateCharacter(session, name);
      session.screen.line(`Character ${name}, trigger word "${character.triggerWord}"`);
      const photos = await drawPhotos(join(folder, subject), subject, number);
      await uploadPhotos(session, character.id, photos);
      await trainAndGenerate(session, character, prompts);
    }
    session.screen.line(`Have a look: ${session.isOurs ? 'npm start' : session.api.url}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same bytes each time, so that a repeated upload finds them. */
async function drawPhotos(folder: string, subject: Subject, number: number) {
  await mkdir(folder);
  return Promise.all(
    SIZES.map(async (size, i) => {
      const path = join(folder, `${subject}-${i + 1}.jpg`);
      await writeFile(path, await drawPhoto({ ...size, subject, seed: 100 * (number + 1) + i }));
      return path;
    }),
  );
}

async function trainAndGenerate(session: Command, { id, triggerWord }: Character, prompts: string[]) {
  const { character, outputs, aspectPresets } = await session.api.query<State>(STATE, { id });
  const lora = character?.newestLora ?? (await train(session, id, { steps: STEPS }));
  if (outputs.edges.length > 0) return session.screen.line('  Its images are there already.');
  for (const [i, prompt] of prompts.entries()) {
    // Spread over the presets, from the first to the last.
    const preset = aspectPresets[Math.round((i * (aspectPresets.length - 1)) / (prompts.length - 1))];
    await generate(session, {
      prompt: `a photo of ${triggerWord} ${prompt}`,
      loras: [{ loraId: lora.id, strength: 0.8 }],
      count: 1,
      ...(preset && { width: preset.width, height: preset.height }),
    });
  }
}

try {
  const { values } = parseArgs({ options: { url: { type: 'string' } } });
  await runCommand(values.url, seed);
} catch (error) {
  complain(error);
}
