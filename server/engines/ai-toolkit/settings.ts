import { resolve } from 'node:path';
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

type Environment = Pick<
  typeof env,
  'AI_TOOLKIT_DIR' | 'AI_TOOLKIT_PYTHON' | 'STOP_SECONDS' | 'COMFYUI_URLS' | 'GPU_EXCLUSIVE'
>;

/** Paths as they are meant: from the folder that we were started in, not from the one that a trainer is started in. */
export const ownSettings = ({
  AI_TOOLKIT_DIR: dir,
  AI_TOOLKIT_PYTHON: python,
  ...own
}: Environment = env): Settings => ({
  dir: dir === undefined ? null : resolve(dir),
  // Without a slash it is a program of PATH.
  python: python?.includes('/') ? resolve(python) : (python ?? null),
  stopSeconds: own.STOP_SECONDS,
  // Those that have a GPU to themselves are to keep what they hold.
  comfyuiUrls: own.GPU_EXCLUSIVE === 'on' ? own.COMFYUI_URLS : [],
  environment: process.env,
  lookMs: 250,
});
