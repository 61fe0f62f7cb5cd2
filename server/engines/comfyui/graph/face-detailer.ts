import type { Sampling } from '../base-model.ts';
import { add, type Draft, type FileNeed, findFile, has, needFile, within } from './draft.ts';
import type { Loaded } from './load.ts';
import type { Link } from './nodes.ts';
import type { Prompts } from './prompts.ts';
import type { GraphRequest } from './request.ts';
import { shifted } from './sample.ts';

const DETECTOR: FileNeed = {
  folder: 'ultralytics',
  names: [/^bbox\/face_yolov8m\.pt$/i, /^bbox\/.*face/i],
  example: 'bbox/face_yolov8m.pt',
};
const SEGMENTER: FileNeed = {
  folder: 'sams',
  names: [/^sam_vit_b/i, /^sam_vit/i],
  example: 'sam_vit_b_01ec64.pth',
};

/** A face is drawn anew at up to this size, then put back. */
const MOST = 1024;

/**
 * Draws the faces that it finds anew, each by itself and larger. `model` and `prompts` are those of LoRAs and texts alone: a ControlNet's
 * map and the reference of an IP-Adapter are of the whole image, and would be pressed into each face.
 */
export function withFaces(
  draft: Draft,
  image: Link<'IMAGE'>,
  drawn: Loaded & { prompts: Prompts },
  {
    toggles,
    config,
    seed,
    sampling,
  }: Pick<GraphRequest, 'toggles' | 'config' | 'seed'> & { sampling: Sampling },
): Link<'IMAGE'> {
  if (toggles.faceDetailer === null) return image;
  const part = within(draft, 'faceDetailer');
  if (!has(part, 'FaceDetailer', 'UltralyticsDetectorProvider')) return image;
  const detector = add(part, 'UltralyticsDetectorProvider', { model_name: needFile(part, DETECTOR) });
  const size = { width: MOST, height: MOST };
  return add(part, 'FaceDetailer', {
    ...{ image, clip: drawn.clip, vae: drawn.vae, ...drawn.prompts },
    model: shifted(part, drawn.model, { shift: sampling.shift, size }),
    ...{ guide_size: 512, guide_size_for: true, max_size: MOST },
    ...{ seed, steps: config.steps, cfg: sampling.by === 'negative' ? config.guidanceScale : 1 },
    ...{ sampler_name: config.sampler, scheduler: config.scheduler },
    // It takes no 0.
    denoise: Math.max(0.0001, toggles.faceDetailer.denoise),
    ...{ feather: 5, noise_mask: true, force_inpaint: true },
    ...{ bbox_threshold: 0.5, bbox_dilation: 10, bbox_crop_factor: 3 },
    ...{ sam_detection_hint: 'center-1', sam_dilation: 0, sam_threshold: 0.93, sam_bbox_expansion: 0 },
    ...{ sam_mask_hint_threshold: 0.7, sam_mask_hint_use_negative: 'False' },
    ...{ drop_size: 10, bbox_detector: detector[0], sam_model_opt: segmenterOf(part) },
    // Text given here would be read for commands, such as to load any LoRA.
    ...{ wildcard: '', cycle: 1 },
  })[0];
}

/** Cuts a face out along its edge. Without one it is cut out as a box with soft sides. */
function segmenterOf(draft: Draft): Link<'SAM_MODEL'> | null {
  const name = draft.installed.nodes.has('SAMLoader') ? findFile(draft.installed, SEGMENTER) : null;
  return name === null ? null : add(draft, 'SAMLoader', { model_name: name, device_mode: 'AUTO' })[0];
}
