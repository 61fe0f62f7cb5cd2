import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { generationModels } from '../capabilities.ts';
import { env } from '../env.ts';
import { log } from '../log.ts';
import type { CatalogueModel } from './catalogue.ts';

/** Where a model file is, as far as this process can tell. */
export type Presence = {
  /** Null when neither the folder nor ComfyUI can be seen from here. */
  isInstalled: boolean | null;
  /** Below ComfyUI's `models`. */
  file: string | null;
  /** Of the file that is there; null when only ComfyUI sees it. */
  fileBytes: number | null;
};

type Listed = Record<string, string[]> | null;

/** The folder is that of a worker's machine, which this one need not be; ComfyUI is asked wherever it is. */
export async function presenceOf(models: readonly CatalogueModel[]): Promise<Presence[]> {
  const [root, listed] = await Promise.all([folderHere(), listedByEngine()]);
  return Promise.all(models.map((model) => find(model, root, listed)));
}

async function folderHere(): Promise<string | null> {
  const root = env.COMFYUI_MODELS_DIR;
  const found = root === undefined ? null : await stat(root).catch(() => null);
  return root !== undefined && found?.isDirectory() ? root : null;
}

async function listedByEngine(): Promise<Listed> {
  try {
    return await generationModels();
  } catch (error) {
    log.warn({ error }, 'The generation engine cannot say which models it has');
    return null;
  }
}

async function find(model: CatalogueModel, root: string | null, listed: Listed): Promise<Presence> {
  const folders = [model.folder, ...model.otherFolders];
  for (const folder of root === null ? [] : folders) {
    const found = await stat(join(root ?? '', folder, model.fileName)).catch(() => null);
    if (found?.isFile())
      return { isInstalled: true, file: `${folder}/${model.fileName}`, fileBytes: found.size };
  }
  for (const folder of folders) {
    const name = listed?.[folder]?.find((one) => one.replace(/^.*[/\\]/, '') === model.fileName);
    if (name !== undefined) return { isInstalled: true, file: `${folder}/${name}`, fileBytes: null };
  }
  const isKnown = root !== null || listed !== null;
  return { isInstalled: isKnown ? false : null, file: null, fileBytes: null };
}
