import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { loras } from '#schema/loras.ts';
import type { Data } from '#tests/api.ts';
import { HOSTILE_HEADERS } from '#tests/hostile-headers.ts';
import { FAMILIES, FORMATS, loraBytes, SOME_LAYERS, shapesOf, uploadLora } from '#tests/loras.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { filesBelow } from '#tests/uploads.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { removeFiles } from '../jobs/queue.ts';
import { loraCardKey, loraKey } from '../storage/keys.ts';

const api = await startServer({ worker: true });
const volume = env.VOLUME_ROOT;

/** A small LoRA like no other. */
let made = 0;
const someLora = (metadata: Record<string, string> = {}) =>
  loraBytes(shapesOf('peft', SOME_LAYERS), { made: String(++made), ...metadata });
const HERE = { baseModel: 'fast-test' };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const lorasOnVolume = async () => (await filesBelow(volume)).filter((key) => key.startsWith('loras/'));
const files = async (lora: Data) => (await lorasOnVolume()).filter((key) => key.includes(lora.id));

async function bytesAt(url: string) {
  const response = await fetch(api.url + url);
  return { bytes: Buffer.from(await response.arrayBuffer()), response };
}

describe('a LoRA that was trained here', () => {
  test('comes back under another character or under none, and makes the same pictures', async () => {
    const character = await createCharacter(api);
    await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
    const training = await startTraining(api, character.id, { steps: 100, rank: 4, samplePrompts: [] });
    await eventsOf(api, training.id);
    const document = 'query ($id: ID!) { training(id: $id) { lora { id url sha256 rank } } }';
    const { lora: trained } = (await api.graphql(document, { id: training.id })).training;
    const { bytes } = await bytesAt(trained.url);

    const again = await uploadLora(api, bytes, { characterId: character.id });
    expect(again.lora.id).toBe(trained.id);

    const { lora } = await uploadLora(api, bytes);
    expect(lora).toMatchObject({
      origin: 'UPLOADED',
      character: null,
      training: null,
      version: null,
      finalLoss: null,
      baseModel: 'fast-test',
      family: 'fast-test',
      rank: trained.rank,
      sha256: trained.sha256,
      triggerWord: null,
      suggestedTriggerWords: [character.triggerWord],
    });

    const pictureOf = async (loraId: string) => {
      const loras = [{ loraId, strength: 1 }];
      const prompt = `a photo of ${character.triggerWord}`;
      const of = { prompt, width: 256, height: 256, steps: 2, count: 1, seed: 7, loras };
      const generation = await startGeneration(api, of);
      await eventsOf(api, generation.id);
      const outputs = 'query ($id: ID!) { generation(id: $id) { state outputs { url } } }';
      const { state, outputs: found } = (await api.graphql(outputs, { id: generation.id })).generation;
      expect(state).toBe('COMPLETED');
      const { default: sharp } = await import('sharp');
      return sha256(
        await sharp((await bytesAt(found[0].url)).bytes)
          .raw()
          .toBuffer(),
      );
    };
    expect(await pictureOf(lora.id)).toBe(await pictureOf(trained.id));

    // Of another base model it is refused before there is a job.
    await db.update(loras).set({ family: 'sdxl', baseModel: 'sdxl' }).where(eq(loras.id, lora.id));
    const foreign = startGeneration(api, {
      prompt: 'a',
      baseModel: 'fast-test',
      loras: [{ loraId: lora.id, strength: 1 }],
    });
    await expect(foreign).rejects.toThrow('is for sdxl, and does not work with Fast test');
  }, 60_000);
});

describe('what is accepted', () => {
  test.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])('%s', async (format) => {
    const bytes = await loraBytes(shapesOf(format, SOME_LAYERS, 8), { 'modelspec.trigger_phrase': 'ohwx' });
    const { lora } = await uploadLora(api, bytes, HERE);
    expect(lora).toMatchObject({
      origin: 'UPLOADED',
      version: null,
      character: null,
      baseModel: 'fast-test',
      family: 'fast-test',
      rank: format === 'diff' ? 0 : 8,
      suggestedTriggerWords: ['ohwx'],
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    const { bytes: stored, response } = await bytesAt(lora.url);
    expect(stored.equals(bytes)).toBe(true);
    expect(response.headers.get('etag')).toBe(`"${lora.sha256}"`);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(await files(lora)).toEqual([
      `loras/uploaded/${lora.id}.json`,
      `loras/uploaded/${lora.id}.safetensors`,
    ]);
    const card = JSON.parse(await readFile(join(volume, `loras/uploaded/${lora.id}.json`), 'utf8'));
    expect(card).toMatchObject({
      id: lora.id,
      sha256: lora.sha256,
      file: { kind: format, name: 'a.safetensors' },
    });
  });

  test('of a character, with the next version', async () => {
    const { id: characterId } = await createCharacter(api);
    const first = await uploadLora(api, await someLora(), { ...HERE, characterId, triggerWord: ' mara ' });
    const second = await uploadLora(api, await someLora(), { ...HERE, characterId });
    expect(first.lora).toMatchObject({ version: 1, character: { id: characterId }, triggerWord: 'mara' });
    expect(second.lora).toMatchObject({ version: 2 });
    expect(await lorasOnVolume()).toEqual(
      expect.arrayContaining([`loras/${characterId}/v1.safetensors`, `loras/${characterId}/v2.json`]),
    );
  });

  test.each([
    ['the name that it is given', { name: '  Mine ' }, { 'modelspec.title': 'Theirs' }, 'Mine'],
    ['its title', {}, { 'modelspec.title': ' Their\u202e <b>one</b>\n' }, 'Their <b>one</b>'],
    ['at most 100 characters of its title', {}, { 'modelspec.title': 'ü'.repeat(300) }, 'ü'.repeat(100)],
    ['the name of its file', { fileName: '../C:\\x\\my lora.SafeTensors' }, {}, 'my lora'],
    ['a name at all', { fileName: '.safetensors' }, {}, 'LoRA'],
  ])('has %s', async (_, options, metadata, name) => {
    const bytes = await someLora(metadata as Record<string, string>);
    expect((await uploadLora(api, bytes, { ...HERE, ...options })).lora.name).toBe(name);
  });
});

describe('for which base model', () => {
  test.each(Object.entries(FAMILIES))('%s has none here, and says so', async (family, { format, layers }) => {
    // Narrow, so that the test does not send megabytes; what counts are inputs.
    const narrow = Object.entries(layers).map(([name, [input]]) => [name, [input, 8]] as const);
    const bytes = await loraBytes(shapesOf(format, Object.fromEntries(narrow) as unknown as typeof layers));
    const issue = (message: string) => ({
      __typename: 'InvalidInput',
      issues: [{ field: 'baseModel', message }],
    });
    expect(await uploadLora(api, bytes)).toMatchObject(
      issue(
        `The file is a LoRA for ${family}, and no base model here is of that family. Known here: fast-test.`,
      ),
    );
    expect(await uploadLora(api, bytes, HERE)).toMatchObject(
      issue(`The file is a LoRA for ${family}, and Fast test is not of that family.`),
    );
  });

  test('is to be said when it cannot be seen', async () => {
    const answer = await uploadLora(api, await someLora());
    expect(answer.issues).toEqual([
      {
        field: 'baseModel',
        message: 'The file does not show for which base model it is; name it. Known here: fast-test.',
      },
    ]);
    expect((await uploadLora(api, await someLora(), { baseModel: 'flux' })).issues).toEqual([
      { field: 'baseModel', message: 'There is no base model of this name. Known here: fast-test.' },
    ]);
    // What only the metadata says is a proposal, and gives way to what the caller says.
    const said = await someLora({ 'modelspec.architecture': 'isengard-fast-test/lora' });
    expect((await uploadLora(api, said)).issues).toEqual([
      {
        field: 'baseModel',
        message:
          'The file looks as if it were for Fast test, and that is not sure: name it. Known here: fast-test.',
      },
    ]);
    const told = await someLora({ 'modelspec.architecture': 'flux-1-dev/lora' });
    expect(await uploadLora(api, told, HERE)).toMatchObject({ lora: { family: 'fast-test' } });
  });
});

describe('a base model that was named wrongly', () => {
  const asSdxl = (id: string) =>
    db.update(loras).set({ baseModel: 'sdxl', family: 'sdxl' }).where(eq(loras.id, id));

  test('is corrected by the same file with the right one', async () => {
    const bytes = await someLora();
    const { lora } = await uploadLora(api, bytes, HERE);
    await asSdxl(lora.id);
    expect(await uploadLora(api, bytes, HERE)).toMatchObject({
      lora: { id: lora.id, baseModel: 'fast-test', family: 'fast-test' },
    });
    const card = JSON.parse(await readFile(join(volume, `loras/uploaded/${lora.id}.json`), 'utf8'));
    expect(card).toMatchObject({ id: lora.id, baseModel: 'fast-test' });
  });

  test('stays where the file itself says it', async () => {
    const bytes = await loraBytes({ ...shapesOf('diff', { isengard_picture: [3, 3] }) });
    const { lora } = await uploadLora(api, bytes);
    expect(lora.baseModel).toBe('fast-test');
    await asSdxl(lora.id);
    expect(await uploadLora(api, bytes, HERE)).toMatchObject({
      issues: [{ field: 'baseModel', message: 'This LoRA is here already, and it is for sdxl.' }],
    });
  });
});

test('the same file again, while it is being deleted, is kept anew', async () => {
  const bytes = await someLora();
  const { lora } = await uploadLora(api, bytes, HERE);
  const [row] = await db.select().from(loras).where(eq(loras.id, lora.id));
  if (row === undefined) throw new Error('It is not there.');
  const { answer } = await db.transaction(async (tx) => {
    await tx.delete(loras).where(eq(loras.id, row.id));
    await removeFiles(tx, [loraKey(row), loraCardKey(row)]);
    const answer = uploadLora(api, bytes, HERE);
    const waiting = sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%key share%'`;
    await until(async () => (await db.execute(waiting)).length > 0, 'the upload waits for the deletion');
    return { answer };
  });
  expect((await answer).lora.id).not.toBe(row.id);
  await until(async () => (await files(row)).length === 0, 'the files of the first are gone');
});

describe('what is refused', () => {
  test.each(HOSTILE_HEADERS)('%s', async (_, bytes, code) => {
    expect(await uploadLora(api, bytes, HERE)).toEqual({
      __typename: 'LoraUnreadable',
      code,
      message: expect.stringMatching(/^.{10,200}\.$/),
    });
  });

  test.each([
    ['CHECKPOINT', { 'model.diffusion_model.input_blocks.0.0.weight': [320, 4, 3, 3] }],
    ['EMBEDDING', { emb_params: [4, 768] }],
    ['NO_PAIR', { anything: [3] }],
    ['HALF_A_PAIR', { 'b.lora_A.weight': [4, 12] }],
    ['UNKNOWN_TENSOR', { ...shapesOf('peft', SOME_LAYERS), other: [3] }],
    ['BAD_SHAPES', { 'a.lora_A.weight': [4, 12], 'a.lora_B.weight': [8, 5] }],
  ])('no LoRA: %s', async (reason, shapes) => {
    expect(await uploadLora(api, await loraBytes(shapes as Record<string, number[]>), HERE)).toEqual({
      __typename: 'NotALora',
      code: 'NOT_A_LORA',
      reason,
      message: expect.stringMatching(/\.$/),
    });
  });

  test.each([
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['triggerWord', { triggerWord: '' }],
    ['triggerWord', { triggerWord: 'a\nb' }],
    ['triggerWord', { triggerWord: 'x'.repeat(101) }],
  ])('a bad %s: %o', async (field, options) => {
    const { issues } = await uploadLora(api, await someLora(), { ...HERE, ...options });
    expect(issues.map((issue: Data) => issue.field)).toEqual([field]);
  });

  test('for a character that is not there', async () => {
    const characterId = '00000000-0000-7000-8000-000000000000';
    expect(await uploadLora(api, await someLora(), { ...HERE, characterId })).toMatchObject({
      __typename: 'NotFound',
    });
  });

  test('leaves nothing behind', async () => {
    expect((await filesBelow(volume)).filter((key) => key.startsWith('cache/tmp/'))).toEqual([]);
    const rows = await db.select().from(loras);
    expect(
      (await lorasOnVolume()).filter((key) => /^loras\/uploaded\/.*\.safetensors$/.test(key)),
    ).toHaveLength(rows.filter(({ characterId }) => characterId === null).length);
  });
});

describe('the same again', () => {
  test('is the same LoRA for the same character, and another one for others', async () => {
    const bytes = await someLora();
    const { id: characterId } = await createCharacter(api);
    const first = await uploadLora(api, bytes, { ...HERE, characterId });
    const second = await uploadLora(api, bytes, { ...HERE, characterId, name: 'Other' });
    expect(second.lora).toEqual(first.lora);
    const free = await uploadLora(api, bytes, HERE);
    expect(free.lora.id).not.toBe(first.lora.id);
    expect((await uploadLora(api, bytes, HERE)).lora.id).toBe(free.lora.id);
  });

  test('with a key answers the first, whatever became of it', async () => {
    const bytes = await someLora();
    const key = crypto.randomUUID();
    const { lora } = await uploadLora(api, bytes, { ...HERE, key });
    expect((await uploadLora(api, bytes, { ...HERE, key })).lora).toEqual(lora);
    for (const answer of [
      await uploadLora(api, await someLora(), { ...HERE, key }),
      await uploadLora(api, bytes, { ...HERE, key, name: 'Other' }),
    ])
      expect(answer).toMatchObject({ __typename: 'IdempotencyConflict' });
    await deleteLora(lora.id);
    expect(await uploadLora(api, bytes, { ...HERE, key })).toMatchObject({ __typename: 'NotFound' });
    expect((await uploadLora(api, bytes, HERE)).lora.id).not.toBe(lora.id);
  });

  test('many at once for one character have a version each, and one when they are the same', async () => {
    const { id: characterId } = await createCharacter(api);
    const others = await Promise.all([1, 2, 3, 4].map(() => someLora()));
    const same = await someLora();
    const answers = await Promise.all(
      [...others, same, same, same].map((bytes) => uploadLora(api, bytes, { ...HERE, characterId })),
    );
    const versions = answers.map(({ lora }) => lora.version);
    expect([...new Set(versions)].sort()).toEqual([1, 2, 3, 4, 5]);
    for (const { lora } of answers) {
      const stored = await readFile(join(volume, `loras/${characterId}/v${lora.version}.safetensors`));
      expect(sha256(stored)).toBe(lora.sha256);
    }
    const free = await Promise.all([same, same, same].map((bytes) => uploadLora(api, bytes, HERE)));
    expect(new Set(free.map(({ lora }) => lora.id)).size).toBe(1);
  });
});

const DELETE_LORA = `mutation ($input: DeleteLoraInput!) { deleteLora(input: $input) { __typename } }`;
const deleteLora = (loraId: string) => api.graphql(DELETE_LORA, { input: { loraId } });

describe('what becomes of it', () => {
  test('deleting it removes its file and its card', async () => {
    const { lora } = await uploadLora(api, await someLora(), HERE);
    expect(await files(lora)).toHaveLength(2);
    await deleteLora(lora.id);
    await until(async () => (await files(lora)).length === 0, 'its files are gone');
    expect((await bytesAt(lora.url)).response.status).toBe(404);
  });

  test('deleting the character removes it too, and counts it', async () => {
    const { id: characterId } = await createCharacter(api);
    const bytes = await someLora();
    await uploadLora(api, bytes, { ...HERE, characterId });
    const document = `mutation ($id: ID!) {
      deleteCharacter(input: { id: $id }) { ... on DeleteCharacterSuccess { receipt { loras bytes } } ... on UserError { message } }
    }`;
    const { deleteCharacter } = await api.graphql(document, { id: characterId });
    expect(deleteCharacter.receipt).toEqual({ loras: 1, bytes: bytes.length });
    await until(
      async () => !(await lorasOnVolume()).some((key) => key.includes(characterId)),
      'the files of the character are gone',
    );
  });

  test('it gets a trigger word, and loses it', async () => {
    const { lora } = await uploadLora(api, await someLora(), HERE);
    const document = `mutation ($input: SetLoraTriggerWordInput!) {
      setLoraTriggerWord(input: $input) {
        __typename ... on SetLoraTriggerWordSuccess { lora { triggerWord } } ... on InvalidInput { issues { field } }
      }
    }`;
    const set = async (triggerWord: string | null, loraId = lora.id) =>
      (await api.graphql(document, { input: { loraId, triggerWord } })).setLoraTriggerWord;
    expect(await set(' ohwx man ')).toMatchObject({ lora: { triggerWord: 'ohwx man' } });
    expect(await set(null)).toMatchObject({ lora: { triggerWord: null } });
    for (const bad of ['', ' ', 'x'.repeat(101), 'a\ud800'])
      expect(await set(bad)).toMatchObject({ issues: [{ field: 'triggerWord' }] });
    expect(await set('x', 'nobody')).toMatchObject({ __typename: 'NotFound' });
  });

  test('it is listed by origin, by family and by character', async () => {
    const { id: characterId } = await createCharacter(api);
    const own = await uploadLora(api, await someLora(), { ...HERE, characterId });
    const free = await uploadLora(api, await someLora(), HERE);
    const document = `query ($characterId: ID, $origin: LoraOrigin, $family: String) {
      loras(first: 100, characterId: $characterId, origin: $origin, family: $family) { edges { node { id } } }
    }`;
    const ids = async (filter: object) =>
      (await api.graphql(document, filter)).loras.edges.map(({ node }: Data) => node.id);
    expect(await ids({ characterId })).toEqual([own.lora.id]);
    expect((await ids({ origin: 'UPLOADED', family: 'fast-test' })).slice(0, 2)).toEqual([
      free.lora.id,
      own.lora.id,
    ]);
    expect(await ids({ characterId, origin: 'TRAINED' })).toEqual([]);
    expect(await ids({ family: 'flux.1' })).toEqual([]);
    expect(await ids({ family: 'a\u0000' })).toEqual([]);
  });
});
