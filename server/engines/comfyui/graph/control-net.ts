import type { ControlNetMode } from '../../engine.ts';
import type { ComfyuiBaseModel, ControlNets } from '../base-model.ts';
import { add, type Draft, findFile, has, objectTo, within } from './draft.ts';
import type { Link } from './nodes.ts';
import type { Prompts } from './prompts.ts';
import type { GraphRequest } from './request.ts';

const MODES: Record<ControlNetMode, RegExp> = { pose: /pose/i, depth: /depth/i, canny: /canny/i };
const UNION = /union|promax/i;
/** The last steps are free, so that details need not follow the map. */
const END = 0.8;

export function withControlNet(
  draft: Draft,
  prompts: Prompts,
  { toggles, base, vae }: Pick<GraphRequest, 'toggles'> & { base: ComfyuiBaseModel; vae: Link<'VAE'> },
): Prompts {
  if (toggles.controlNet === null) return prompts;
  const part = within(draft, 'controlNet');
  const { mode, reference, strength, isMap } = toggles.controlNet;
  if (!has(part, 'ControlNetLoader', 'ControlNetApplyAdvanced')) return prompts;
  if (base.controlNets === null) {
    objectTo(part, `There is no ControlNet for ${base.label}.`);
    return prompts;
  }
  const net = loadNet(part, { mode, nets: base.controlNets, label: base.label });
  const map = mapOf(part, { mode, reference, isMap });
  if (net === null || map === null) return prompts;
  const [positive, negative] = add(part, 'ControlNetApplyAdvanced', {
    ...{ ...prompts, control_net: net, image: map, strength, start_percent: 0, end_percent: END },
    // Those of FLUX.1 look at the map through it; for the others it is no matter.
    vae,
  });
  return { positive, negative };
}

function loadNet(
  draft: Draft,
  { mode, nets, label }: { mode: ControlNetMode; nets: ControlNets; label: string },
) {
  const ofFamily = { folder: 'controlnet', also: nets.names, example: nets.examples[mode] } as const;
  const own = findFile(draft.installed, { ...ofFamily, names: [MODES[mode]], not: UNION });
  if (own !== null) return add(draft, 'ControlNetLoader', { control_net_name: own })[0];
  const union = findFile(draft.installed, { ...ofFamily, names: [UNION] });
  if (union === null) {
    const place = `models/controlnet, such as ${nets.examples[mode]}`;
    objectTo(
      draft,
      `No ${mode} ControlNet for ${label} is installed: put one into ${place}.`,
      'controlNet.mode',
    );
    return null;
  }
  if (!has(draft, 'SetUnionControlNetType')) return null;
  const [control_net] = add(draft, 'ControlNetLoader', { control_net_name: union });
  return add(draft, 'SetUnionControlNetType', { control_net, type: nets.unionTypes[mode] })[0];
}

function mapOf(
  draft: Draft,
  { mode, reference, isMap }: { mode: ControlNetMode; reference: string; isMap: boolean },
): Link<'IMAGE'> | null {
  if (!isMap && mode !== 'canny') {
    const what = mode === 'pose' ? 'a skeleton' : 'depths';
    objectTo(
      draft,
      `ComfyUI itself cannot find ${what} in a picture: give a ready map and say so with isMap.`,
      'controlNet.mode',
    );
    return null;
  }
  const [image] = add(draft, 'LoadImage', { image: reference });
  if (isMap) return image;
  if (!has(draft, 'Canny')) return null;
  return add(draft, 'Canny', { image, low_threshold: 0.4, high_threshold: 0.8 })[0];
}
