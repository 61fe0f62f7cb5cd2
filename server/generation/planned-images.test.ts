import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { loraBytes, SOME_LAYERS, shapesOf, uploadLora } from '#tests/loras.ts';
import { startServer } from '#tests/server.ts';
import { startGeneration } from '#tests/steps.ts';
import { db } from '../db.ts';
import { plannedImages } from './planned-images.ts';

const api = await startServer();
const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** The statement of a migration that fills the table for generations that were there before it. */
async function filling(): Promise<string> {
  for (const name of (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql'))) {
    const text = await readFile(new URL(name, MIGRATIONS), 'utf8');
    const statements = text.split('--> statement-breakpoint');
    const found = statements.find((statement) => statement.includes('INSERT INTO "generation_images"'));
    if (found !== undefined) return found;
  }
  throw new Error('No migration fills generation_images.');
}

test('generations from before have their images planned by the migration, as they were made', async () => {
  const ids: string[] = [];
  for (const rank of [4, 8]) {
    const bytes = await loraBytes(shapesOf('peft', SOME_LAYERS, rank));
    ids.push((await uploadLora(api, bytes, { baseModel: 'fast-test' })).lora.id);
  }
  const loras = ids.map((loraId, place) => ({ loraId, strength: 0.5 + place }));
  const started = [
    await startGeneration(api, { prompt: 'a photo', negativePrompt: 'blurry', seed: 5, count: 3, loras }),
    await startGeneration(api, { prompt: 'a beach', seed: Number.MAX_SAFE_INTEGER }),
  ];
  const read = () => Promise.all(started.map(({ id }) => plannedImages(id)));
  const planned = await read();
  expect(planned.map((images) => images.length)).toEqual([3, 1]);
  await db.execute(sql`truncate generation_images`);
  await db.execute(sql.raw(await filling()));
  expect(await read()).toEqual(planned);
});
