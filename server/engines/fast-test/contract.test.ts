import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { GenerationToggles, Parameter } from '../engine.ts';
import { generationCapabilities, trainingCapabilities } from './capabilities.ts';
import {
  CONFIG,
  fingerprint,
  type GenerationChange,
  generate,
  photosOf,
  removeFolders,
  train,
  trainedLora,
  trainingRun,
} from './testing.ts';

/** G2: a parameter that is advertised does something. Each is changed alone, and what comes out has to change. */
let lora = '';
let reference = '';

beforeAll(async () => {
  vi.stubEnv('FAST_TEST_STEP_MS', '0');
  const photos = await photosOf();
  lora = await trainedLora(photos);
  reference = (await photosOf('other'))[0]?.path ?? '';
});
afterAll(removeFolders);

/** Values other than `now`, all of a choice's, one of anything else's. */
function others(parameter: Parameter, now: unknown): (string | number | boolean)[] {
  switch (parameter.type) {
    case 'CHOICE':
      return parameter.options.map(({ value }) => value).filter((value) => value !== String(now));
    case 'BOOLEAN':
      return [now !== true];
    case 'TEXT':
      return ['sks asleep in snow'];
    default:
      if (now !== parameter.minimum) return [parameter.minimum];
      return [Math.min(parameter.maximum, parameter.minimum + 8 * (parameter.step ?? 1))];
  }
}

const asTraining = (name: string, value: string | number | boolean) => {
  if (name === 'samplePrompts') return { samplePrompts: [String(value)] };
  return { [name]: name === 'resolution' ? Number(value) : value };
};

test('every training parameter is a field of the config, and the other way round', () => {
  const names = trainingCapabilities.parameters.map(({ name }) => name);
  expect(names.sort()).toEqual(Object.keys(CONFIG).sort());
});

const trained = new Map<string, Promise<string>>();
async function fingerprintOf(change: object) {
  const run = await trainingRun(change);
  await train(run);
  return fingerprint(run.workDir);
}
const plainTraining = () => {
  const known = trained.get('plain') ?? fingerprintOf({});
  trained.set('plain', known);
  return known;
};

test('the same training leaves the same files', async () => {
  expect(await fingerprintOf({})).toBe(await plainTraining());
});

for (const parameter of trainingCapabilities.parameters) {
  for (const value of others(parameter, Object(CONFIG)[parameter.name])) {
    test(`training: ${parameter.name} = ${value} changes what comes out`, async () => {
      expect(await fingerprintOf(asTraining(parameter.name, value))).not.toBe(await plainTraining());
    });
  }
}

async function imagesOf(change: GenerationChange) {
  const { run } = await generate({ loras: [{ path: lora, strength: 0.8, triggerWord: 'sks' }], ...change });
  return fingerprint(run.workDir);
}

test('the same generation leaves the same files', async () => {
  expect(await imagesOf({})).toBe(await imagesOf({}));
});

const BASE = {
  ...{ prompt: 'sks on the beach', negativePrompt: '', width: 256, height: 256, steps: 6, seed: 7 },
};
const USUAL: Record<string, unknown> = {
  ...BASE,
  guidanceScale: 3.5,
  count: 1,
  sampler: 'euler',
  scheduler: 'karras',
};

for (const parameter of generationCapabilities.parameters) {
  for (const value of others(parameter, parameter.name === 'strength' ? 0.8 : USUAL[parameter.name])) {
    test(`generation: ${parameter.name} = ${value} changes what comes out`, async () => {
      const change: GenerationChange =
        parameter.name === 'strength'
          ? { loras: [{ path: lora, strength: Number(value), triggerWord: 'sks' }] }
          : { config: { [parameter.name]: value } };
      expect(await imagesOf(change)).not.toBe(await imagesOf({}));
    });
  }
}

for (const toggle of generationCapabilities.toggles) {
  const given = () => ({
    ...Object.fromEntries(toggle.parameters.map(({ name, default: value }) => [name, value])),
    reference,
    mask: null,
  });
  const settings = (change: object): GenerationChange => {
    const { factor, ...rest } = { factor: 2, ...given(), ...change };
    const on = { ...rest, factor: Number(factor) };
    return { toggles: { [toggle.name]: on } as Partial<GenerationToggles<string>> };
  };
  test(`generation: ${toggle.name} changes what comes out`, async () => {
    expect(await imagesOf(settings({}))).not.toBe(await imagesOf({}));
  });
  for (const parameter of toggle.parameters) {
    for (const value of others(parameter, parameter.default)) {
      test(`generation: ${toggle.name}.${parameter.name} = ${value} changes what comes out`, async () => {
        expect(await imagesOf(settings({ [parameter.name]: value }))).not.toBe(await imagesOf(settings({})));
      });
    }
  }
}
