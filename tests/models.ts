import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentOf } from './stand-ins/catalogue.ts';
import { startHuggingFace } from './stand-ins/hugging-face.ts';
import { startStudio } from './studio.ts';

export const TOKEN = 'hf_aTokenThatNobodyMaySee123456';

type Options = Omit<NonNullable<Parameters<typeof startStudio>[0]>, 'databaseUrl' | 'volume'>;

/** The product with the catalogue of tests, a Hugging Face that has one of its files, and a folder for them. */
export async function startWithModels({ env, ...options }: Options = {}) {
  await using setup = new AsyncDisposableStack();
  const hub = setup.use(await startHuggingFace({ token: TOKEN }));
  const root = await mkdtemp(join(tmpdir(), 'isengard-models-'));
  setup.defer(() => rm(root, { recursive: true, force: true }));
  const hooks = fileURLToPath(new URL('stand-ins/with-catalogue.ts', import.meta.url));
  const studio = setup.use(
    await startStudio({
      ...options,
      env: {
        NODE_OPTIONS: `--import=${hooks}`,
        COMFYUI_MODELS_DIR: root,
        HF_ENDPOINT: hub.url,
        HF_TOKEN: TOKEN,
        ...env,
      },
    }),
  );
  hub.put('someone/test-known', 'weights/model.safetensors', contentOf('test/known'));
  const all = setup.move();
  return {
    hub,
    studio,
    /** Where the models of the catalogue go. */
    folder: join(root, 'diffusion_models'),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
