import { link, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FAMILIES, loraBytes, SOME_LAYERS, shapesOf } from '#tests/loras.ts';
import { until } from '#tests/until.ts';
import { EngineFailure } from '../failure.ts';
import type { Graphs } from './graphs.ts';
import { readByTensors } from './lora-families.ts';
import { loraSweeper, removeUnused, useLoras } from './loras.ts';
import { closeAll, engineOf, folder, generate, generationRun, modelFree, standIn } from './runs/testing.ts';

afterAll(closeAll);

const sha256 = `${'ab'.repeat(8)}${'0'.repeat(48)}`;
const NAME = 'abababababababab.safetensors';

async function loraFile(bytes = 1000) {
  const path = join(await folder(), 'lora.safetensors');
  await writeFile(path, Buffer.alloc(bytes, 7));
  return path;
}

/** A small file as a program would write it for that family. */
function loraOf(family: string) {
  const found = FAMILIES[family];
  if (found === undefined) throw new Error(`${family} is not among ${Object.keys(FAMILIES)}.`);
  return loraBytes(shapesOf(found.format, found.layers));
}

/** Remembers with which names of LoRAs it was asked for a graph. */
function remembering() {
  const names: string[] = [];
  const graphs: Graphs = {
    ...modelFree,
    build(request, installed) {
      names.push(...request.loras.map(({ name }) => name));
      return modelFree.build(request, installed);
    },
  };
  return { names, graphs };
}

const failureOf = async (told: Promise<unknown>) => {
  const error = await told.catch((thrown: unknown) => thrown);
  return error instanceof EngineFailure ? error : new Error('It did not fail by name.', { cause: error });
};

test('with the models folder it is linked under a name of ours and found in the list', async () => {
  const modelsDir = await folder();
  const comfyui = await standIn({ modelsDir });
  const { names, graphs } = remembering();
  const path = await loraFile();
  const run = await generationRun({ loras: [{ path, sha256 }] });
  await generate(engineOf([comfyui.url], { modelsDir, graphs }), run);
  expect(names).toEqual([`isengard/${NAME}`]);
  const placed = join(modelsDir, 'loras/isengard', NAME);
  expect((await stat(placed)).ino).toBe((await stat(path)).ino);
  expect(await readdir(join(modelsDir, 'loras/isengard'))).toEqual([NAME]);

  // Another file under the name, a leftover of whatever kind, is replaced.
  await writeFile(placed, 'broken');
  await generate(
    engineOf([comfyui.url], { modelsDir, graphs }),
    await generationRun({ loras: [{ path, sha256 }] }),
  );
  expect((await stat(placed)).size).toBe((await stat(path)).size);
});

test('several images at once place it together, and it is whole', async () => {
  const modelsDir = await folder();
  const urls = (await Promise.all([standIn({ modelsDir }), standIn({ modelsDir })])).map(({ url }) => url);
  const run = await generationRun({ config: { count: 6 }, loras: [{ path: await loraFile(), sha256 }] });
  const { images } = await generate(engineOf(urls, { modelsDir }), run);
  expect(images).toHaveLength(6);
  expect(await readdir(join(modelsDir, 'loras/isengard'))).toEqual([NAME]);
});

test('without it, it is uploaded once, where ComfyUI was told to look', async () => {
  const comfyui = await standIn();
  const { names, graphs } = remembering();
  const loras = [{ path: await loraFile(), sha256 }];
  for (let runs = 0; runs < 2; runs++)
    await generate(engineOf([comfyui.url], { graphs }), await generationRun({ loras }));
  expect(names).toEqual([NAME, NAME]);
  expect(comfyui.calls.filter(({ path }) => path === '/upload/image')).toHaveLength(1);
  expect([...comfyui.files.keys()]).toContain(`input/isengard-loras/${NAME}`);
});

test('too large for an upload: refused with what to do, before anything is sent', async () => {
  const comfyui = await standIn({ maxUploadBytes: 2 ** 20 });
  const run = await generationRun({ loras: [{ path: await loraFile(3 * 2 ** 20), sha256 }] });
  expect(await failureOf(generate(engineOf([comfyui.url]), run))).toMatchObject({
    code: 'LORA_TOO_LARGE',
    message: expect.stringContaining('3 MB'),
    advice: expect.stringContaining('--max-upload-size 4'),
  });
  expect(comfyui.calls.filter(({ path }) => path === '/upload/image')).toEqual([]);
});

test('a folder that is not that of this ComfyUI: it is never listed, and that is said', async () => {
  const comfyui = await standIn();
  const run = await generationRun({ loras: [{ path: await loraFile(), sha256 }] });
  expect(
    await failureOf(generate(engineOf([comfyui.url], { modelsDir: await folder() }), run)),
  ).toMatchObject({
    code: 'LORA_NOT_VISIBLE',
    advice: expect.stringContaining('COMFYUI_MODELS_DIR'),
  });
});

test('a LoRA of another family, of none, or without its file is refused before anything is posted', async () => {
  const comfyui = await standIn();
  const modelsDir = await folder();
  const fails = async (settings: Partial<Parameters<typeof engineOf>[1]>, path: string) =>
    failureOf(
      generate(engineOf([comfyui.url], settings), await generationRun({ loras: [{ path, sha256 }] })),
    );
  const path = await loraFile();
  expect(
    await fails({ readLora: async () => ({ family: 'flux.1', reachesText: false }) }, path),
  ).toMatchObject({
    code: 'INVALID_LORA',
    message: expect.stringMatching(/flux\.1.*sdxl/),
  });
  const refused = async () => Promise.reject(new Error('It is a checkpoint.'));
  expect(await fails({ readLora: refused }, path)).toMatchObject({ code: 'INVALID_LORA' });
  expect(await fails({ modelsDir }, '/nowhere.safetensors')).toMatchObject({ code: 'INVALID_LORA' });
  expect(comfyui.posts()).toEqual([]);
});

test('by its tensors: of the family it passes, of another it is refused, and unknown ones are left to ComfyUI', async () => {
  const comfyui = await standIn({ modelsDir: await folder() });
  const verdict = async (bytes: Uint8Array) => {
    const path = join(await folder(), 'lora.safetensors');
    await writeFile(path, bytes);
    const run = await generationRun({ loras: [{ path, sha256 }] });
    const told = generate(engineOf([comfyui.url], { readLora: readByTensors }), run);
    return told.then(
      ({ images }) => images.length,
      (error: EngineFailure) => error.code,
    );
  };
  expect(await verdict(await loraOf('sdxl'))).toBe(1);
  expect(await verdict(await loraOf('flux.1'))).toBe('INVALID_LORA');
  expect(await verdict(await loraBytes(shapesOf('peft', SOME_LAYERS)))).toBe(1);
  expect(await verdict(Buffer.from('no LoRA at all'))).toBe('INVALID_LORA');
});

test('what is unused for an hour is removed, and nothing else', async () => {
  const modelsDir = await folder();
  const path = join(modelsDir, 'loras/isengard');
  await mkdir(path, { recursive: true });
  const own = [
    '0000000000000001.safetensors',
    '0000000000000002.safetensors',
    `.${crypto.randomUUID()}-0000000000000003.safetensors`,
  ];
  for (const name of [...own, 'someone.safetensors']) await writeFile(join(path, name), 'x');
  // Its file has another name on the volume, with times of its own.
  await link(join(path, own[1] ?? ''), join(await folder(), 'stored'));
  const used = { path: '', sha256: `0000000000000001${'0'.repeat(48)}` };
  const use = useLoras([used], modelsDir);
  const later = Date.now() + 2 * 3_600_000;
  await removeUnused(path, Date.now());
  expect((await readdir(path)).length).toBe(4);
  await removeUnused(path, later);
  expect((await readdir(path)).toSorted()).toEqual([own[0], 'someone.safetensors']);
  await use[Symbol.asyncDispose]();
  await removeUnused(path, later);
  await until(async () => (await readdir(path)).length === 1, 'it is removed when the run is over');
});

test('on an idle installation the LoRA of the last run goes too, looked for once a minute', async () => {
  const modelsDir = await folder();
  const path = join(modelsDir, 'loras/isengard');
  await mkdir(path, { recursive: true });
  let now = Date.now();
  const sweep = loraSweeper(modelsDir, () => now);
  await writeFile(join(path, NAME), 'x');
  await sweep();
  expect(await readdir(path)).toEqual([NAME]);
  now += 30_000;
  await sweep();
  now += 2 * 3_600_000;
  await sweep();
  expect(await readdir(path)).toEqual([]);
  await writeFile(join(path, NAME), 'x');
  now += 30_000;
  await sweep();
  expect(await readdir(path)).toEqual([NAME]);
});
