import type { ComfyuiBaseModel, Loading } from '../base-model.ts';
import type { Installed } from '../installed.ts';
import { add, asPlace, type Draft, type FileNeed, findFile, needFile, objectTo } from './draft.ts';
import type { Link } from './nodes.ts';
import type { GraphRequest } from './request.ts';

export type Loaded = {
  model: Link<'MODEL'>;
  clip: Link<'CLIP'>;
  vae: Link<'VAE'>;
  /** It was trained to fill in what a mask leaves out. */
  isInpainting: boolean;
};

export function load(draft: Draft, base: ComfyuiBaseModel, { hasMask }: { hasMask: boolean }): Loaded {
  const inpainting = hasMask && base.inpainting && findFile(draft.installed, base.inpainting);
  if (inpainting) {
    const [model, clip, vae] = add(draft, 'CheckpointLoaderSimple', { ckpt_name: inpainting });
    return { model, clip, vae, isInpainting: true };
  }
  return { ...loadPlain(draft, chosenWay(draft, base)), isInpainting: false };
}

const needsOf = (way: Loading): FileNeed[] =>
  way.from === 'checkpoint' ? [way.checkpoint] : [way.unet, ...way.textEncoders, way.vae];

const missingOf = (installed: Installed, way: Loading) =>
  needsOf(way).filter((need) => findFile(installed, need) === null);

/** The first that is complete. When none is, the one that is closest is told, with all that it wants. */
function chosenWay(draft: Draft, { label, loading }: ComfyuiBaseModel): Loading {
  const [closest, ...others] = loading;
  if (closest === undefined) throw new Error(`${label} has no way of loading it in the table.`);
  const ways = [closest, ...others].map((way) => ({ way, missing: missingOf(draft.installed, way) }));
  const best = ways.reduce((a, b) => (isCloser(b, a) ? b : a));
  if (best.missing.length > 0)
    objectTo(draft, `${label} is not complete in ComfyUI. Missing: ${best.missing.map(asPlace).join(', ')}.`);
  return best.way;
}

type Way = { way: Loading; missing: FileNeed[] };

/** A way of which something is there is closer than one of which nothing is, however few files that takes. */
function isCloser(a: Way, b: Way): boolean {
  const rank = ({ way, missing }: Way) =>
    missing.length === 0 ? 0 : missing.length < needsOf(way).length ? 1 : 2;
  return rank(a) < rank(b);
}

function loadPlain(draft: Draft, way: Loading): Omit<Loaded, 'isInpainting'> {
  // What is missing was told in one sentence.
  const quiet: Draft = { ...draft, objections: [] };
  const file = (need: FileNeed) => needFile(quiet, need);
  if (way.from === 'checkpoint') {
    const [model, clip, vae] = add(draft, 'CheckpointLoaderSimple', { ckpt_name: file(way.checkpoint) });
    return { model, clip, vae };
  }
  const unet = file(way.unet);
  const [model] = add(draft, 'UNETLoader', { unet_name: unet, weight_dtype: precisionOf(unet) });
  const clip = loadText(draft, way.textEncoders.map(file), way.textEncoderType);
  const [vae] = add(draft, 'VAELoader', { vae_name: file(way.vae) });
  return { model, clip, vae };
}

/** A file of eight bits stays so in memory; a scaled one carries what it needs for that itself. */
function precisionOf(name: string): string {
  if (/scaled/i.test(name)) return 'default';
  if (/fp8[-_.]?e5m2/i.test(name)) return 'fp8_e5m2';
  return /fp8/i.test(name) ? 'fp8_e4m3fn' : 'default';
}

function loadText(draft: Draft, files: string[], type: string): Link<'CLIP'> {
  const [clip_name1 = '', clip_name2 = '', clip_name3 = ''] = files;
  if (files.length === 1) return add(draft, 'CLIPLoader', { clip_name: clip_name1, type })[0];
  if (files.length === 2) return add(draft, 'DualCLIPLoader', { clip_name1, clip_name2, type })[0];
  return add(draft, 'TripleCLIPLoader', { clip_name1, clip_name2, clip_name3 })[0];
}

export function withLoras(
  draft: Draft,
  loaded: Loaded,
  { loras, base }: { loras: GraphRequest['loras']; base: ComfyuiBaseModel },
): Loaded {
  let { model, clip } = loaded;
  for (const { name, strength, reachesText = base.lorasReachText } of loras) {
    const lora = { lora_name: name, strength_model: strength };
    // Leaving the text encoders alone keeps what they made of the prompt, while LoRAs and their strengths change.
    if (!reachesText) [model] = add(draft, 'LoraLoaderModelOnly', { model, ...lora });
    else [model, clip] = add(draft, 'LoraLoader', { model, clip, ...lora, strength_clip: strength });
  }
  return { ...loaded, model, clip };
}
