import { expect, test } from 'vitest';
import { whyNoLora } from './lora-file.ts';

const file = (...parts: (string | Uint8Array<ArrayBuffer>)[]) => new File(parts, 'a.safetensors');
const length = (bytes: number) => new Uint8Array(new BigUint64Array([BigInt(bytes)]).buffer);

test('a safetensors file is sent', async () => {
  expect(await whyNoLora(file(length(2), '{}'))).toBeNull();
});

test.each([
  ['a pickle', file('\u0080\u0002}q\u0000.................')],
  ['an archive', file('PK\u0003\u0004....................')],
  ['nothing', file()],
  ['a header without end', file(length(2 ** 40), '{}')],
  ['another header', file(length(2), '[]')],
])('%s is not', async (_, other) => {
  expect(await whyNoLora(other)).toMatch(/^This is not a safetensors file\./);
});

test('what is larger than may be is not', async () => {
  const large = Object.defineProperty(file(length(2), '{}'), 'size', { value: 3 * 1024 ** 3 });
  expect(await whyNoLora(large)).toBe('The file is 3,072 MB; the limit is 2,048 MB.');
});
