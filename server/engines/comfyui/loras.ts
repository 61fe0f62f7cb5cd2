import { randomUUID } from 'node:crypto';
import { chmod, copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineFailure } from '../failure.ts';
import type { ComfyHttp } from './http.ts';
import { patiently } from './patience.ts';
import type { Times } from './times.ts';

/** As ComfyUI is to load it. */
export type LoraFile = { path: string; sha256: string };

type Place = { modelsDir: string | null; times: Times; signal: AbortSignal };

/** Below ComfyUI's `loras`. What is in it is ours to remove. */
const FOLDER = 'isengard';
/** Below its `input`, where uploads go. */
const UPLOADS = 'isengard-loras';
const UNUSED_MS = 3_600_000;
const SWEEP_MS = 60_000;

/** Named by what is in it, so that the same LoRA has the same name in every job and attempt. */
const fileNameOf = ({ sha256 }: LoraFile) => `${sha256.slice(0, 16)}.safetensors`;

/** How many runs of this process use a file of ours in the models folder. */
const uses = new Map<string, number>();

/**
 * Makes LoRAs visible to a ComfyUI and resolves to the names by which it lists them, in their order. With its models folder they are
 * linked into it, or copied from another file system; without, they are uploaded, which needs a line in its configuration. Call it
 * again before each prompt: it is cheap when nothing is to be done, and shows others that the files are in use.
 */
export async function showLoras(http: ComfyHttp, loras: LoraFile[], place: Place): Promise<string[]> {
  const { modelsDir, times, signal } = place;
  let listed = await list(http, place);
  for (const lora of loras) {
    if (modelsDir !== null) await linkInto(modelsDir, lora);
    else if (nameIn(listed, lora) === undefined) await upload(http, lora);
  }
  const deadline = Date.now() + times.listMs;
  for (;;) {
    const names = loras.map((lora) => nameIn(listed, lora));
    if (names.every((name) => name !== undefined)) return names;
    if (Date.now() > deadline) throw notListed(modelsDir);
    await pause(200, undefined, { signal });
    listed = await list(http, place);
  }
}

const list = (http: ComfyHttp, { times, signal }: Place) =>
  patiently(async () => (await http.models('loras')) ?? [], { downMs: times.downMs, signal });

/** Windows writes `\` between folders, and expects it back. */
const nameIn = (listed: string[], lora: LoraFile) =>
  listed.find((name) => name.split(/[\\/]/).at(-1) === fileNameOf(lora));

function notListed(modelsDir: string | null): EngineFailure {
  const advice =
    modelsDir === null
      ? `Set COMFYUI_MODELS_DIR, or let ComfyUI look for loras in input/${UPLOADS} (extra_model_paths.yaml).`
      : 'Look whether COMFYUI_MODELS_DIR is the models folder of this ComfyUI, and whether it may read it.';
  const message = 'ComfyUI does not see the LoRA that was put there for it.';
  return new EngineFailure({ code: 'LORA_NOT_VISIBLE', message, advice });
}

async function linkInto(modelsDir: string, lora: LoraFile): Promise<void> {
  const source = await sourceOf(lora);
  const folder = join(modelsDir, 'loras', FOLDER);
  try {
    // A folder that is not there is a mistake in the settings; it is not made.
    await stat(modelsDir);
    await placeIn(folder, lora, source.size);
  } catch (error) {
    if (isOfFolder(error)) throw notListed(modelsDir);
    throw error;
  }
}

const isOfFolder = (error: unknown) =>
  error instanceof Error && 'code' in error && FOLDER_ERRORS.has(String(error.code));
const FOLDER_ERRORS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

/** Several at once do no harm: each has a file of its own until it takes the name. */
async function placeIn(folder: string, lora: LoraFile, bytes: number) {
  const target = join(folder, fileNameOf(lora));
  const there = await stat(target).catch(() => null);
  if (there?.size === bytes) return seen(target, there.mode);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}-${fileNameOf(lora)}`);
  try {
    // Linked it takes no space. Another file system, or one without links, gets a copy.
    await link(lora.path, temporary).catch(() => copyFile(lora.path, temporary));
    await rename(temporary, target);
  } finally {
    // Between two names of one file a rename does nothing.
    await rm(temporary, { force: true });
  }
}

/** The time of its last change is all that tells of use, as the file may have a second name; a mode that stays renews it. */
const seen = (path: string, mode: number) => chmod(path, mode & 0o777).catch(() => {});

async function sourceOf({ path }: LoraFile) {
  try {
    return await stat(path);
  } catch {
    const advice = 'Choose another LoRA.';
    throw new EngineFailure({
      code: 'INVALID_LORA',
      message: 'The file of the LoRA does not exist.',
      advice,
    });
  }
}

async function upload(http: ComfyHttp, lora: LoraFile): Promise<void> {
  const [{ size }, most] = await Promise.all([sourceOf(lora), http.maxUploadBytes()]);
  if (size > most) {
    const [needed, allowed] = [size, most].map((bytes) => Math.ceil(bytes / 2 ** 20));
    throw new EngineFailure({
      code: 'LORA_TOO_LARGE',
      message: `The LoRA has ${needed} MB, and this ComfyUI takes uploads of ${allowed} MB at most.`,
      advice: `Set COMFYUI_MODELS_DIR, or start ComfyUI with --max-upload-size ${(needed ?? 0) + 1}.`,
    });
  }
  await http.uploadFile(lora.path, fileNameOf(lora), UPLOADS);
}

/** Looks for what is unused once a minute at most, however often it is asked. */
export function loraSweeper(modelsDir: string | null, now = Date.now): () => Promise<void> {
  let sweptAt = 0;
  return async () => {
    if (modelsDir === null || now() - sweptAt < SWEEP_MS) return;
    sweptAt = now();
    await removeUnused(join(modelsDir, 'loras', FOLDER), now());
  };
}

/** Keeps the LoRAs of a run where they are until it is disposed; what nobody has used for an hour goes then. */
export function useLoras(loras: LoraFile[], modelsDir: string | null): AsyncDisposable {
  const names = loras.map(fileNameOf);
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  return {
    async [Symbol.asyncDispose]() {
      for (const name of names) {
        const left = (uses.get(name) ?? 1) - 1;
        if (left > 0) uses.set(name, left);
        else uses.delete(name);
      }
      if (modelsDir !== null) await removeUnused(join(modelsDir, 'loras', FOLDER));
    },
  };
}

/** That it cannot be removed fails nobody's images. */
export async function removeUnused(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, basename(name));
    if (!/^(\.[0-9a-f-]{36}-)?[0-9a-f]{16}\.safetensors$/.test(name) || uses.has(name)) continue;
    const there = await stat(path).catch(() => null);
    if (there !== null && now - there.ctimeMs > UNUSED_MS) await rm(path, { force: true }).catch(() => {});
  }
}
