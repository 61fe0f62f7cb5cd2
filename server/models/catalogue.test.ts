import { expect, test } from 'vitest';
import { BASE_MODELS } from '../engines/comfyui/families.ts';
import { CATALOGUE, findModel } from './catalogue.ts';

test('every model has an id and a place of its own', () => {
  for (const name of [
    (model) => model.id,
    (model) => `${model.folder}/${model.fileName}`,
    (model) => model.label,
  ] satisfies ((model: (typeof CATALOGUE)[number]) => string)[])
    expect(new Set(CATALOGUE.map(name)).size).toBe(CATALOGUE.length);
  for (const model of CATALOGUE) expect(findModel(model.id)).toBe(model);
});

test.each(CATALOGUE)('$id can be asked for and be put somewhere', (model) => {
  expect(model.id).toMatch(/^[\w.-]+\/[\w.-]+$/);
  for (const folder of [model.folder, ...model.otherFolders]) expect(folder).toMatch(/^\w+(\/\w+)?$/);
  // One step of a path, with an ending that ComfyUI knows.
  expect(model.fileName).toMatch(/^\w[\w.-]*\.(safetensors|pt)$/);
  expect(model.source.repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
  expect(model.source.revision).toMatch(/^(main|[0-9a-f]{40})$/);
  expect(model.source.path).toMatch(/^\w[\w.-]*(\/\w[\w.-]*)*$/);
  if (model.sha256 !== null) expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
  if (model.bytes !== null) expect(Number.isSafeInteger(model.bytes)).toBe(true);
  expect(model.baseModels.length).toBeGreaterThan(0);
  expect(URL.parse(model.licence.url)?.protocol).toBe('https:');
  expect(model.licence.commercialUse).toMatch(/\.$/);
});

const needs = ({ id, loading }: (typeof BASE_MODELS)[number]) =>
  loading.slice(0, 1).flatMap((way) => {
    const files = way.from === 'parts' ? [way.unet, ...way.textEncoders, way.vae] : [way.checkpoint];
    return files.map((need) => ({ id, need, folder: need.folder }));
  });

test.each(BASE_MODELS.flatMap(needs))('$id gets what it takes from $folder', ({ id, need }) => {
  const fitting = CATALOGUE.filter(
    ({ baseModels, toggle, folder, fileName }) =>
      baseModels.includes(id) &&
      toggle === null &&
      folder === need.folder &&
      need.names.some((name) => name.test(fileName)) &&
      !need.not?.test(fileName),
  );
  expect(fitting).not.toEqual([]);
});

test('each toggle of production has its files', () => {
  const toggles = new Set(CATALOGUE.map(({ toggle }) => toggle));
  for (const toggle of ['controlNet', 'ipAdapter', 'faceDetailer', 'upscale'] as const)
    expect(toggles).toContain(toggle);
});
