import { env } from '../../env.ts';

/** Where AI-Toolkit is and how patient we are with it. */
export type Settings = {
  /** The folder with its `run.py`; null when it is not installed here. */
  dir: string | null;
  /** The Python that runs it; null for its own, or else `python3`. */
  python: string | null;
  /** How long a run may take to save and stop after an abort; its caller leaves it behind then. */
  stopSeconds: number;
  /** ComfyUI processes that may hold memory of the same GPU. */
  comfyuiUrls: string[];
  /** Ours. The trainer gets the names that environment.ts lists, and no other. */
  environment: NodeJS.ProcessEnv;
  /** Between looks at what the trainer has written. */
  lookMs: number;
};

export const ownSettings = (): Settings => ({
  dir: env.AI_TOOLKIT_DIR ?? null,
  python: env.AI_TOOLKIT_PYTHON ?? null,
  stopSeconds: env.STOP_SECONDS,
  comfyuiUrls: env.COMFYUI_URLS,
  environment: process.env,
  lookMs: 250,
});
