import type { ComfyuiBaseModel } from '../base-model.ts';
import type { Installed } from '../installed.ts';
import { add, type Draft, has, objectTo, within } from './draft.ts';
import type { Link } from './nodes.ts';
import type { GraphRequest } from './request.ts';

type Kind = NonNullable<ComfyuiBaseModel['ipAdapter']>;
type Preset = { name: string; vision: RegExp; files: Partial<Record<Kind, RegExp>> };

const ending = (source: string) => new RegExp(`${source}\\.(safetensors|bin)$`, 'i');
const VIT_H = /(ViT.H.14.*s32B.b79K|ipadapter.*sd15|sd1.?5.*model)\.(bin|safetensors)/i;
const VIT_G = /(ViT.bigG.14.*39B.b160k|ipadapter.*sdxl|sdxl.*model)\.(bin|safetensors)/i;

/**
 * The presets of IPAdapterUnifiedLoader, the best first: of any picture, then of faces. It finds its files by these patterns when the
 * graph runs, so a preset that is in its list works only when they match.
 */
const PRESETS: Preset[] = [
  {
    name: 'PLUS (high strength)',
    vision: VIT_H,
    files: { sdxl: ending('plus.sdxl.vit.h'), sd15: ending('ip.adapter.plus.sd15') },
  },
  {
    name: 'STANDARD (medium strength)',
    vision: VIT_H,
    files: { sdxl: ending('ip.adapter.sdxl.vit.h'), sd15: ending('ip.adapter.sd15') },
  },
  {
    name: 'VIT-G (medium strength)',
    vision: VIT_G,
    files: { sdxl: ending('ip.adapter.sdxl'), sd15: ending('sd15.vit.g') },
  },
  {
    name: 'PLUS FACE (portraits)',
    vision: VIT_H,
    files: { sdxl: ending('plus.face.sdxl.vit.h'), sd15: ending('plus.face.sd15') },
  },
  {
    name: 'FULL FACE - SD1.5 only (portraits stronger)',
    vision: VIT_H,
    files: { sd15: ending('full.face.sd15') },
  },
  {
    name: 'LIGHT - SD1.5 only (low strength)',
    vision: VIT_H,
    files: { sd15: ending('sd15.light(.v11)?') },
  },
];

const EXAMPLES: Record<Kind, string> = {
  sdxl: 'ip-adapter-plus-face_sdxl_vit-h.safetensors',
  sd15: 'ip-adapter-plus-face_sd15.safetensors',
};
const VISION_EXAMPLE = 'CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors';

export function withIpAdapter(
  draft: Draft,
  model: Link<'MODEL'>,
  { toggles, base }: Pick<GraphRequest, 'toggles'> & { base: ComfyuiBaseModel },
): Link<'MODEL'> {
  if (toggles.ipAdapter === null) return model;
  const part = within(draft, 'ipAdapter');
  if (base.ipAdapter === null) {
    const lack = base.lacks.find(({ parameter }) => parameter === 'ipAdapter');
    objectTo(part, lack?.reason ?? `There is no IP-Adapter for ${base.label}.`);
    return model;
  }
  if (!has(part, 'IPAdapterUnifiedLoader', 'IPAdapter')) return model;
  const preset = findPreset(part, base.ipAdapter, base.label);
  if (preset === null) return model;
  const [loaded, ipadapter] = add(part, 'IPAdapterUnifiedLoader', { model, preset });
  const [image] = add(part, 'LoadImage', { image: toggles.ipAdapter.reference });
  return add(part, 'IPAdapter', {
    ...{ model: loaded, ipadapter, image, weight: toggles.ipAdapter.weight },
    ...{ weight_type: 'standard', start_at: 0, end_at: 1 },
  })[0];
}

function findPreset(draft: Draft, kind: Kind, label: string): string | null {
  const { installed } = draft;
  const known = installed.nodes.get('IPAdapterUnifiedLoader')?.inputs.get('preset')?.options ?? [];
  const offered = PRESETS.filter(
    ({ name, files }) => known.includes(name) && isThere(installed, 'ipadapter', files[kind]),
  );
  const complete = offered.find(({ vision }) => isThere(installed, 'clip_vision', vision));
  if (complete) return complete.name;
  objectTo(
    draft,
    offered.length === 0
      ? `No IP-Adapter for ${label} is installed: put ${EXAMPLES[kind]} into models/ipadapter.`
      : `The IP-Adapter needs a model that sees: put ${VISION_EXAMPLE} into models/clip_vision.`,
  );
  return null;
}

const isThere = ({ files }: Installed, folder: 'ipadapter' | 'clip_vision', pattern: RegExp | undefined) =>
  pattern !== undefined && files[folder].some((name) => pattern.test(name));
