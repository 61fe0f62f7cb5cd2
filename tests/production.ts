import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAiToolkit, type StandIn } from './stand-ins/ai-toolkit/install.ts';
import { startComfyui } from './stand-ins/comfyui/comfyui.ts';
import { type Studio, startStudio } from './studio.ts';

type Options = Parameters<typeof startStudio>[0];

/** What a GPU box has where somebody has installed FLUX.1 and SDXL, and what the toggles need. */
const MODELS = {
  diffusion_models: ['flux1-dev.safetensors'],
  text_encoders: ['clip_l.safetensors', 't5xxl_fp16.safetensors'],
  vae: ['ae.safetensors'],
  checkpoints: ['sd_xl_base_1.0.safetensors'],
  upscale_models: ['RealESRGAN_x4plus.safetensors'],
};

export type Production = Studio & {
  comfyui: Awaited<ReturnType<typeof startComfyui>>;
  toolkit: StandIn;
};

/** The product in production mode, as `startStudio` starts it, on a ComfyUI and an AI-Toolkit that are stand-ins. */
export async function startProduction(options: Options = {}): Promise<Production> {
  await using setup = new AsyncDisposableStack();
  const modelsDir = await mkdtemp(join(tmpdir(), 'comfyui-models-'));
  setup.defer(() => rm(modelsDir, { recursive: true, force: true }));
  await mkdir(join(modelsDir, 'loras'));
  const comfyui = await startComfyui({ models: MODELS, modelsDir });
  setup.defer(() => comfyui.close());
  const toolkit = setup.use(await installAiToolkit({ stepMs: 20 }));
  const studio = await startStudio({
    ...options,
    env: {
      ISENGARD_MODE: 'production',
      COMFYUI_URLS: comfyui.url,
      COMFYUI_MODELS_DIR: modelsDir,
      AI_TOOLKIT_DIR: toolkit.dir,
      ...options?.env,
    },
  });
  const installed = setup.move();
  const stop = async () => {
    await studio.stop();
    await installed.disposeAsync();
  };
  return { ...studio, comfyui, toolkit, stop, [Symbol.asyncDispose]: stop };
}
