import { startComfyui } from './comfyui.ts';

/** A ComfyUI for end-to-end tests, as a process: `PORT=0 MODELS_DIR=… node main.ts` prints its address as its first line. */
const comfyui = await startComfyui({
  port: Number(process.env.PORT ?? 0),
  modelsDir: process.env.MODELS_DIR || null,
  models: JSON.parse(process.env.MODELS ?? '{}'),
  faults: JSON.parse(process.env.FAULTS ?? '{}'),
});
process.stdout.write(`${comfyui.url}\n`);
process.once('disconnect', () => process.exit());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit());
