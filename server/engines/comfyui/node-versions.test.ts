import { expect, test } from 'vitest';
import { validate } from '#tests/stand-ins/comfyui/validate.ts';
import { ALL_TOGGLES, build, FULL, only } from './testing.ts';

/** ComfyUI and its packs are of any version: a node may want more than we know, or know less than we give. */

function withInput(name: string, input: string, told: unknown) {
  const objectInfo = structuredClone(FULL);
  Object.assign(objectInfo[name]?.input?.required ?? {}, { [input]: told });
  return objectInfo;
}

test('an input that a newer node requires is given its default', () => {
  const objectInfo = withInput('FaceDetailer', 'tiled', ['BOOLEAN', { default: false }]);
  const built = build({ toggles: { faceDetailer: { denoise: 0.5 } } }, objectInfo);
  expect(only(built, 'FaceDetailer').inputs.tiled).toBe(false);
  expect(validate(built.graph, objectInfo).error).toBeNull();
});

test('of a choice without a default it is given the first', () => {
  const objectInfo = withInput('VAEDecode', 'mode', ['COMBO', { options: ['plain', 'tiled'] }]);
  expect(only(build({}, objectInfo), 'VAEDecode').inputs.mode).toBe('plain');
});

test('one that has no default makes the node incompatible', () => {
  const objectInfo = withInput('FaceDetailer', 'pipe', ['DETAILER_PIPE']);
  expect(() => build({ toggles: { faceDetailer: { denoise: 0.5 } } }, objectInfo)).toThrow(
    'ComfyUI cannot do `faceDetailer`: The installed version of the node FaceDetailer is incompatible: it wants “pipe”.',
  );
});

test('so does an input that is gone, and another kind of output', () => {
  const gone = structuredClone(FULL);
  delete gone.ControlNetApplyAdvanced?.input?.optional?.vae;
  expect(() => build({ toggles: { controlNet: ALL_TOGGLES.controlNet } }, gone)).toThrow(
    'does not know “vae”',
  );
  const other = structuredClone(FULL);
  Object.assign(other.VAEDecode ?? {}, { output: ['LATENT'] });
  expect(() => build({}, other)).toThrow('it gives something else');
});
