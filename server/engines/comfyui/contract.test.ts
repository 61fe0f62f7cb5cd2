import { expect, test } from 'vitest';
import type { GenerationToggles, Parameter } from '../engine.ts';
import { capabilitiesOf } from './capabilities.ts';
import { installedFrom } from './installed.ts';
import { ALL_TOGGLES, build, CONFIG, FULL, type RequestChange } from './testing.ts';

/** A parameter that is advertised does something. Each is changed alone, with each base model, and the graph has to change. */
const { parameters, baseModels, toggles } = capabilitiesOf(installedFrom(FULL, {}));

/** Values other than `now`, all of a choice's, both ends of a range. */
function others(parameter: Parameter, now: unknown): (string | number | boolean)[] {
  switch (parameter.type) {
    case 'CHOICE':
      return parameter.options.map(({ value }) => value).filter((value) => value !== String(now));
    case 'BOOLEAN':
      return [now !== true];
    case 'TEXT':
      return ['sks asleep in snow'];
    default:
      return [parameter.minimum, parameter.maximum].filter((value) => value !== now);
  }
}

const LORA = { name: 'isengard/0123456789abcdef.safetensors', strength: 0.8 };

for (const { id, lacks, defaults } of baseModels) {
  const lacking = new Set(lacks.map(({ parameter }) => parameter));
  const config = { ...CONFIG, ...defaults, baseModel: id, negativePrompt: '' };
  const graphOf = ({ config: changed, ...change }: RequestChange) =>
    build({ config: { ...config, ...changed }, loras: [LORA], ...change }).graph;

  for (const parameter of parameters) {
    const { name } = parameter;
    // Of the batch, not of a graph: each image has one of its own.
    if (name === 'count') continue;
    const now = { ...config, strength: LORA.strength, seed: 42 }[name];
    for (const value of others(parameter, now)) {
      const change: RequestChange =
        name === 'strength'
          ? { loras: [{ ...LORA, strength: Number(value) }] }
          : name === 'seed'
            ? { seed: Number(value) }
            : { config: { [name]: value } };
      if (lacking.has(name) && name === 'negativePrompt')
        test(`${id}: ${name} is refused`, () => expect(() => graphOf(change)).toThrow(name));
      else if (lacking.has(name))
        test(`${id}: ${name} = ${value} does nothing, as it says`, () => {
          expect(graphOf(change)).toEqual(graphOf({}));
        });
      else
        test(`${id}: ${name} = ${value} changes the graph`, () => {
          expect(graphOf(change)).not.toEqual(graphOf({}));
        });
    }
  }

  for (const toggle of toggles) {
    const on = ALL_TOGGLES[toggle.name];
    const settings = (change: object) => ({
      toggles: { [toggle.name]: { ...on, ...change } } as Partial<GenerationToggles<string>>,
    });
    if (lacking.has(toggle.name)) {
      test(`${id}: ${toggle.name} is refused`, () => {
        expect(() => graphOf(settings({}))).toThrow(toggle.name);
      });
      continue;
    }
    test(`${id}: ${toggle.name} changes the graph`, () => {
      expect(graphOf(settings({}))).not.toEqual(graphOf({}));
    });
    for (const parameter of toggle.parameters)
      for (const value of others(parameter, Object(on)[parameter.name])) {
        test(`${id}: ${toggle.name}.${parameter.name} = ${value} changes the graph`, () => {
          // All modes with a ready map, which pose and depth need.
          const ready = parameter.name === 'mode' ? { isMap: true } : {};
          const changed = parameter.name === 'factor' ? Number(value) : value;
          expect(graphOf(settings({ ...ready, [parameter.name]: changed }))).not.toEqual(
            graphOf(settings(ready)),
          );
        });
      }
  }
}

test('every field of a request is a parameter, and the other way round', () => {
  const names = parameters.map(({ name }) => name);
  const fields = Object.keys(CONFIG).filter((name) => name !== 'baseModel');
  // Those three are of each image.
  expect(names.sort()).toEqual([...fields, 'seed', 'count', 'strength'].sort());
  expect(toggles.map(({ name }) => name).sort()).toEqual(Object.keys(ALL_TOGGLES).sort());
});
