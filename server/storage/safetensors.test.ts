import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { f32, HOSTILE_HEADERS } from '#tests/hostile-headers.ts';
import { loraBytes, safetensorsBytes } from '#tests/loras.ts';
import {
  floatsOf,
  InvalidSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsHeader,
  writeSafetensors,
} from './safetensors.ts';
import { checkedSafetensors } from './safetensors-stream.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TENSORS = {
  half: { dtype: 'F16' as const, shape: [2, 2], values: Float32Array.of(1, -2.5, 65504, 2 ** -24) },
  full: { dtype: 'F32' as const, shape: [3], values: Float32Array.of(0.1, -3e38, 1e-40) },
  bytes: { dtype: 'U8' as const, shape: [5], values: Uint8Array.of(1, 2, 3, 4, 255) },
  scalar: { dtype: 'F32' as const, shape: [], values: Float32Array.of(7) },
  nothing: { dtype: 'F32' as const, shape: [0, 4], values: new Float32Array() },
};

test('what was written is read, in the order of the reference writer, and nothing temporary stays', async () => {
  const path = join(folder, 'deep/er/a.safetensors');
  await writeSafetensors(path, TENSORS, { title: 'Ünïcode' });
  const { tensors, metadata } = await readSafetensors(path);
  expect([...tensors.keys()]).toEqual(['full', 'nothing', 'scalar', 'half', 'bytes']);
  for (const name of ['half', 'full', 'scalar', 'nothing'] as const) {
    const tensor = tensors.get(name);
    expect(tensor && floatsOf(tensor)).toEqual(TENSORS[name].values);
  }
  expect(new Uint8Array(tensors.get('bytes')?.bytes ?? [])).toEqual(TENSORS.bytes.values);
  expect(metadata.get('title')).toBe('Ünïcode');
  expect(Number((await readFile(path)).readBigUInt64LE()) % 8).toBe(0);
  expect(await readdir(join(folder, 'deep/er'))).toEqual(['a.safetensors']);
});

test('a tensor whose shape does not fit its values is not written', async () => {
  const wrong = { a: { dtype: 'F32' as const, shape: [3], values: new Float32Array(2) } };
  await expect(writeSafetensors(join(folder, 'wrong.safetensors'), wrong, {})).rejects.toThrow(
    InvalidSafetensors,
  );
  expect(await readdir(folder)).not.toContain('wrong.safetensors');
});

const a = f32([1], [0, 4]);

const ACCEPTED: Record<string, Buffer> = {
  'no tensor at all': safetensorsBytes({}, 0),
  'padding after the header': safetensorsBytes(
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}     ',
    4,
  ),
  'a tensor called __proto__': safetensorsBytes(
    '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
  ),
  'tensors in any order': safetensorsBytes({ b: f32([1], [4, 8]), a: f32([1], [0, 4]) }, 8),
};
for (const [what, bytes] of Object.entries(ACCEPTED)) {
  test(`accepts ${what}`, async () => {
    const path = join(folder, 'accepted.safetensors');
    await writeFile(path, bytes);
    await readSafetensorsHeader(path);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
  });
}

for (const [what, bytes, reason] of HOSTILE_HEADERS) {
  test(`refuses ${what}`, async () => {
    const path = join(folder, 'refused.safetensors');
    await writeFile(path, bytes);
    await expect(readSafetensorsHeader(path)).rejects.toMatchObject({
      constructor: InvalidSafetensors,
      reason,
    });
    await expect(streamed(inChunks(bytes, 1 << 16))).rejects.toMatchObject({ reason });
    if (bytes.length < 10_000) await expect(streamed(inChunks(bytes, 3))).rejects.toMatchObject({ reason });
  });
}

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function streamed(source: AsyncIterable<Uint8Array>, accept = (_: SafetensorsHeader) => {}) {
  const passed: Uint8Array[] = [];
  for await (const chunk of checkedSafetensors(source, accept)) passed.push(chunk);
  return Buffer.concat(passed);
}

/** Counts what was taken of an upload that never ends. */
async function* endless(start: Uint8Array, taken: { bytes: number }) {
  for (let chunk = start; ; chunk = new Uint8Array(1 << 16)) {
    taken.bytes += chunk.length;
    yield chunk;
  }
}

test.each([1, 3, 7, 9, 64, 1 << 20])('a stream in pieces of %i passes as it is', async (size) => {
  const bytes = await loraBytes({ 'a.lora_A.weight': [4, 12], 'a.lora_B.weight': [8, 4] });
  const headers: SafetensorsHeader[] = [];
  expect((await streamed(inChunks(bytes, size), (header) => headers.push(header))).equals(bytes)).toBe(true);
  expect(headers).toMatchObject([{ dataSize: 160, dataStart: bytes.length - 160 }]);
});

test('a stream is refused as soon as it shows what it is', async () => {
  const start = safetensorsBytes({ a }, 4);
  const late = { bytes: 0 };
  await expect(streamed(endless(start, late))).rejects.toMatchObject({ reason: 'BAD_LAYOUT' });
  expect(late.bytes).toBeLessThan(100_000);

  const foreign = { bytes: 0 };
  const refuse = () => {
    throw new Error('Not wanted');
  };
  await expect(streamed(endless(start, foreign), refuse)).rejects.toThrow('Not wanted');
  expect(foreign.bytes).toBe(start.length);
});

test('a stream that ends within its last tensor is refused', async () => {
  const cut = safetensorsBytes({ a }, 4).subarray(0, -1);
  await expect(streamed(inChunks(cut, 100))).rejects.toMatchObject({ reason: 'BAD_OFFSETS' });
});

test('a thumbnail that is not a picture is left out', async () => {
  const path = join(folder, 'thumbnail.safetensors');
  await writeSafetensors(path, {}, { 'modelspec.thumbnail': 'data:image/svg+xml;base64,PHN2Zy8+', a: 'b' });
  expect([...(await readSafetensorsHeader(path)).metadata.keys()]).toEqual(['a']);
});
