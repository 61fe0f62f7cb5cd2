import { HOSTILE_HEADERS } from '../hostile-headers.ts';
import { loraBytes, SOME_LAYERS, shapesOf, UPLOAD_LORA } from '../loras.ts';
import { multipartBody } from '../uploads.ts';
import { type Attack, multipart } from './target.ts';

const good = await loraBytes(shapesOf('peft', SOME_LAYERS));

const lora = (bytes: Uint8Array, fileName = 'a.safetensors', as: 'key' | 'anonymous' = 'key') => {
  const variables = { input: { file: null, baseModel: 'fast-test' } };
  const parts = [
    { name: 'operations', value: JSON.stringify({ query: UPLOAD_LORA, variables }) },
    { name: 'map', value: '{"0":["variables.input.file"]}' },
    { name: '0', fileName, bytes },
  ];
  return multipart(() => multipartBody(parts), { as });
};
const innocent = { twin: lora(good), twinIs: '200 ok' };

export const LORA_ATTACKS: Attack[] = [
  ...HOSTILE_HEADERS.map(
    ([what, bytes]): Attack => ({
      ...innocent,
      name: `a LoRA with ${what}`,
      attack: lora(bytes),
      expected: '200 LoraUnreadable',
    }),
  ),
  {
    ...innocent,
    name: 'a LoRA of nobody',
    attack: lora(good, 'a.safetensors', 'anonymous'),
    expected: '401 UNAUTHENTICATED',
  },
  {
    ...innocent,
    name: 'a LoRA whose name leads elsewhere',
    // The name is a label, and so no reason to refuse the file.
    attack: lora(good, '../../../loras/uploaded/x.safetensors'),
    expected: '200 ok',
  },
];
