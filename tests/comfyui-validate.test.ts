import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { recordedObjectInfo, recording, withLists } from './stand-ins/comfyui/machine.ts';
import { validate } from './stand-ins/comfyui/validate.ts';

/** The stand-in for ComfyUI refuses what ComfyUI refuses, in its words. */
const FOLDER = new URL('./fixtures/comfyui/', import.meta.url);

/** Not of graphs but of the request: bodies that are no JSON, a foreign Origin, a prompt that is a list or missing. */
const isOfGraph = ({ request }: { request?: { prompt?: unknown } }) =>
  typeof request?.prompt === 'object' && !Array.isArray(request.prompt);

const lines = (await readFile(new URL('validation_errors.jsonl', FOLDER), 'utf8')).trim().split('\n');
let title = '';
for (const line of lines.map((text) => JSON.parse(text))) {
  if (line.kind === 'note') title = line.text;
  if (line.method !== 'POST' || !isOfGraph(line)) continue;
  test(`as recorded: ${title}`, async () => {
    // No checkpoint was there yet when this was recorded.
    const objectInfo = withLists(await recordedObjectInfo(), { ckpt_name: [] });
    const { error, node_errors } = validate(line.request.prompt, objectInfo);
    expect(error).toEqual(line.response.error ?? null);
    expect(withoutTracebacks(node_errors)).toEqual(withoutTracebacks(line.response.node_errors));
    expect(error === null).toBe(line.status === 200);
  });
}

const withoutTracebacks = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'traceback' ? [] : inner)));

test('the recorded cycle is refused without a reason', async () => {
  const cycle = {
    1: { class_type: 'ImageInvert', inputs: { image: ['2', 0] } },
    2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
    3: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
  };
  const { error, node_errors } = validate(cycle, await recordedObjectInfo());
  expect(error).toMatchObject({ type: 'prompt_outputs_failed_validation', details: '' });
  expect(node_errors).toEqual({});
});

const graphs = await readdir(new URL('workflows/', FOLDER));

test('there are fifteen recorded graphs', () => expect(graphs).toHaveLength(15));

for (const name of graphs) {
  test(`${name} passes, as it did`, async () => {
    const graph = await recording(`workflows/${name}`);
    const verdict = validate(graph, await recordedObjectInfo());
    expect(verdict).toEqual({ error: null, node_errors: {}, outputs: [expect.any(String)] });
  });
}

test('a list of more than twenty is told by its length', async () => {
  const graph = await recording('workflows/img2img.json');
  graph[6].inputs.sampler_name = 'magic';
  const { node_errors } = validate(graph, await recordedObjectInfo());
  expect(node_errors['6']?.errors).toMatchObject([
    { details: "sampler_name: 'magic' not in (list of length 44)", extra_info: { input_config: null } },
  ]);
});
