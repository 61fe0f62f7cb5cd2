import { afterAll, expect, test } from 'vitest';
import { EngineFailure } from '../failure.ts';
import type { ComfyuiSettings } from './comfyui.ts';
import { bounded } from './failures.ts';
import { closeAll, engineOf, generate, generationRun, modelFree, standIn } from './runs/testing.ts';

afterAll(closeAll);

type Fault = NonNullable<Parameters<typeof standIn>[0]>['faults'];

async function failureOf(faults: Fault, settings: Partial<ComfyuiSettings> = {}): Promise<EngineFailure> {
  const comfyui = await standIn({ faults });
  const error = await generate(engineOf([comfyui.url], settings), await generationRun()).catch(
    (thrown) => thrown,
  );
  if (!(error instanceof EngineFailure)) throw new Error('It did not fail by name.', { cause: error });
  return error;
}

/** The graph with one node's class or inputs changed. */
const changed = (change: { class_type?: string; inputs?: object }): Partial<ComfyuiSettings> => ({
  graphs: {
    ...modelFree,
    build(...args) {
      const built = modelFree.build(...args);
      const scale = built.graph['2'];
      if (scale) Object.assign(scale, change);
      return built;
    },
  },
});

test('out of memory, told as of a GPU or of the machine', async () => {
  for (const type of ['torch.OutOfMemoryError', 'torch.cuda.OutOfMemoryError', 'RuntimeError']) {
    const fail = { classType: 'ImageScale', type, message: 'Allocation on device: CUDA out of memory\n' };
    expect(await failureOf({ fail })).toMatchObject({
      code: 'OUT_OF_MEMORY',
      canRetry: false,
      advice: expect.any(String),
    });
  }
});

test('a node that fails is named, and what it said is one bounded line without a path', async () => {
  const message = `Expected all tensors on one device in /opt/ComfyUI/custom_nodes/secret/nodes.py:\n${'x'.repeat(9999)}`;
  const failure = await failureOf({ fail: { classType: 'ImageScale', type: 'ValueError', message } });
  expect(failure.code).toBe('ENGINE_FAILED');
  expect(failure.message).toContain('ImageScale');
  expect(failure.message.length).toBeLessThan(500);
  expect(failure.message).not.toMatch(/\/opt|secret\/|\n/);
});

test('an error that ends nothing is none', async () => {
  const comfyui = await standIn({ faults: { blocksBranch: true } });
  expect((await generate(engineOf([comfyui.url]), await generationRun())).images).toHaveLength(1);
});

test('accepted in part is refused: the rest would be left out silently', async () => {
  expect(await failureOf({ nodeErrors: true })).toMatchObject({ code: 'ENGINE_FAILED', canRetry: false });
});

test('a node that is not installed has a code of its own', async () => {
  expect(await failureOf({}, changed({ class_type: 'NoSuchNode' }))).toMatchObject({
    code: 'MISSING_NODE',
    message: expect.stringContaining('NoSuchNode'),
  });
});

test('a file that was told and is not there, or not whole, does not count', async () => {
  expect(await failureOf({ loseOutputs: true })).toMatchObject({ code: 'OUTPUT_MISSING', canRetry: true });
  expect(await failureOf({ cutOutputs: true })).toMatchObject({ code: 'OUTPUT_MISSING' });
});

test('a file that is gone is made once more, under another name than that of the cache', async () => {
  const comfyui = await standIn();
  const engine = engineOf([comfyui.url]);
  const run = await generationRun();
  expect((await generate(engine, run)).images).toHaveLength(1);
  comfyui.files.clear();
  expect((await generate(engine, run)).images).toHaveLength(1);
  expect(comfyui.posts()).toHaveLength(3);
});

test('an image of another size than was asked for does not count', async () => {
  const inputs = { image: ['1', 0], upscale_method: 'lanczos', width: 64, height: 64, crop: 'disabled' };
  expect(await failureOf({}, changed({ inputs }))).toMatchObject({
    code: 'OUTPUT_MISSING',
    message: expect.stringContaining('64 × 64'),
  });
});

test('foreign text is cut, on one line, and its paths are only names', () => {
  expect(bounded('a\u0000b\nc')).toBe('a b c');
  expect(bounded('in C:\\Users\\someone\\model.pt and /home/someone/x.py')).toBe('in model.pt and x.py');
  expect(bounded('x'.repeat(1000))).toHaveLength(300);
});
