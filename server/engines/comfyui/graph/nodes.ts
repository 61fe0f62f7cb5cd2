/**
 * The nodes of ComfyUI that our graphs are made of, as it calls them. What a link carries is written as there (`MODEL`), so that a
 * picture cannot be linked where a mask belongs: the compiler refuses it.
 */

type Node = {
  links?: Record<string, string>;
  texts?: readonly string[];
  numbers?: readonly string[];
  flags?: readonly string[];
  out: readonly string[];
};

export const NODES = {
  // Loaders
  CheckpointLoaderSimple: { texts: ['ckpt_name'], out: ['MODEL', 'CLIP', 'VAE'] },
  UNETLoader: { texts: ['unet_name', 'weight_dtype'], out: ['MODEL'] },
  CLIPLoader: { texts: ['clip_name', 'type'], out: ['CLIP'] },
  DualCLIPLoader: { texts: ['clip_name1', 'clip_name2', 'type'], out: ['CLIP'] },
  TripleCLIPLoader: { texts: ['clip_name1', 'clip_name2', 'clip_name3'], out: ['CLIP'] },
  VAELoader: { texts: ['vae_name'], out: ['VAE'] },
  LoraLoader: {
    links: { model: 'MODEL', clip: 'CLIP' },
    texts: ['lora_name'],
    numbers: ['strength_model', 'strength_clip'],
    out: ['MODEL', 'CLIP'],
  },
  LoraLoaderModelOnly: {
    links: { model: 'MODEL' },
    texts: ['lora_name'],
    numbers: ['strength_model'],
    out: ['MODEL'],
  },

  // Texts
  CLIPTextEncode: { links: { clip: 'CLIP' }, texts: ['text'], out: ['CONDITIONING'] },
  FluxGuidance: { links: { conditioning: 'CONDITIONING' }, numbers: ['guidance'], out: ['CONDITIONING'] },
  ConditioningZeroOut: { links: { conditioning: 'CONDITIONING' }, out: ['CONDITIONING'] },

  // Where it begins
  EmptyLatentImage: { numbers: ['width', 'height', 'batch_size'], out: ['LATENT'] },
  EmptySD3LatentImage: { numbers: ['width', 'height', 'batch_size'], out: ['LATENT'] },
  LoadImage: { texts: ['image'], out: ['IMAGE', 'MASK'] },
  LoadImageMask: { texts: ['image', 'channel'], out: ['MASK'] },
  VAEEncode: { links: { pixels: 'IMAGE', vae: 'VAE' }, out: ['LATENT'] },
  VAEEncodeForInpaint: {
    links: { pixels: 'IMAGE', vae: 'VAE', mask: 'MASK' },
    numbers: ['grow_mask_by'],
    out: ['LATENT'],
  },
  SetLatentNoiseMask: { links: { samples: 'LATENT', mask: 'MASK' }, out: ['LATENT'] },
  InpaintModelConditioning: {
    links: {
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      vae: 'VAE',
      pixels: 'IMAGE',
      mask: 'MASK',
    },
    flags: ['noise_mask'],
    out: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
  },
  DifferentialDiffusion: { links: { model: 'MODEL' }, out: ['MODEL'] },
  GrowMask: { links: { mask: 'MASK' }, numbers: ['expand'], flags: ['tapered_corners'], out: ['MASK'] },

  // Sampling
  ModelSamplingFlux: {
    links: { model: 'MODEL' },
    numbers: ['max_shift', 'base_shift', 'width', 'height'],
    out: ['MODEL'],
  },
  ModelSamplingAuraFlow: { links: { model: 'MODEL' }, numbers: ['shift'], out: ['MODEL'] },
  ModelSamplingSD3: { links: { model: 'MODEL' }, numbers: ['shift'], out: ['MODEL'] },
  KSampler: {
    links: {
      model: 'MODEL',
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      latent_image: 'LATENT',
    },
    texts: ['sampler_name', 'scheduler'],
    numbers: ['seed', 'steps', 'cfg', 'denoise'],
    out: ['LATENT'],
  },
  RandomNoise: { numbers: ['noise_seed'], out: ['NOISE'] },
  KSamplerSelect: { texts: ['sampler_name'], out: ['SAMPLER'] },
  BasicScheduler: {
    links: { model: 'MODEL' },
    texts: ['scheduler'],
    numbers: ['steps', 'denoise'],
    out: ['SIGMAS'],
  },
  BasicGuider: { links: { model: 'MODEL', conditioning: 'CONDITIONING' }, out: ['GUIDER'] },
  SamplerCustomAdvanced: {
    links: { noise: 'NOISE', guider: 'GUIDER', sampler: 'SAMPLER', sigmas: 'SIGMAS', latent_image: 'LATENT' },
    out: ['LATENT', 'LATENT'],
  },
  VAEDecode: { links: { samples: 'LATENT', vae: 'VAE' }, out: ['IMAGE'] },

  // References
  ControlNetLoader: { texts: ['control_net_name'], out: ['CONTROL_NET'] },
  SetUnionControlNetType: { links: { control_net: 'CONTROL_NET' }, texts: ['type'], out: ['CONTROL_NET'] },
  Canny: { links: { image: 'IMAGE' }, numbers: ['low_threshold', 'high_threshold'], out: ['IMAGE'] },
  ControlNetApplyAdvanced: {
    links: {
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      control_net: 'CONTROL_NET',
      image: 'IMAGE',
      vae: 'VAE',
    },
    numbers: ['strength', 'start_percent', 'end_percent'],
    out: ['CONDITIONING', 'CONDITIONING'],
  },
  IPAdapterUnifiedLoader: { links: { model: 'MODEL' }, texts: ['preset'], out: ['MODEL', 'IPADAPTER'] },
  IPAdapter: {
    links: { model: 'MODEL', ipadapter: 'IPADAPTER', image: 'IMAGE' },
    texts: ['weight_type'],
    numbers: ['weight', 'start_at', 'end_at'],
    out: ['MODEL'],
  },

  // What is done to the finished image
  UltralyticsDetectorProvider: { texts: ['model_name'], out: ['BBOX_DETECTOR', 'SEGM_DETECTOR'] },
  SAMLoader: { texts: ['model_name', 'device_mode'], out: ['SAM_MODEL'] },
  FaceDetailer: {
    links: {
      image: 'IMAGE',
      model: 'MODEL',
      clip: 'CLIP',
      vae: 'VAE',
      positive: 'CONDITIONING',
      negative: 'CONDITIONING',
      bbox_detector: 'BBOX_DETECTOR',
      sam_model_opt: 'SAM_MODEL',
    },
    texts: ['sampler_name', 'scheduler', 'sam_detection_hint', 'sam_mask_hint_use_negative', 'wildcard'],
    numbers: [
      ...(['guide_size', 'max_size', 'seed', 'steps', 'cfg', 'denoise', 'feather'] as const),
      ...(['bbox_threshold', 'bbox_dilation', 'bbox_crop_factor', 'drop_size', 'cycle'] as const),
      ...(['sam_dilation', 'sam_threshold', 'sam_bbox_expansion', 'sam_mask_hint_threshold'] as const),
    ],
    flags: ['guide_size_for', 'noise_mask', 'force_inpaint'],
    out: ['IMAGE', 'IMAGE', 'IMAGE', 'MASK', 'DETAILER_PIPE', 'IMAGE'],
  },
  ImageCompositeMasked: {
    links: { destination: 'IMAGE', source: 'IMAGE', mask: 'MASK' },
    numbers: ['x', 'y'],
    flags: ['resize_source'],
    out: ['IMAGE'],
  },
  UpscaleModelLoader: { texts: ['model_name'], out: ['UPSCALE_MODEL'] },
  ImageUpscaleWithModel: { links: { upscale_model: 'UPSCALE_MODEL', image: 'IMAGE' }, out: ['IMAGE'] },
  ImageScale: {
    links: { image: 'IMAGE' },
    texts: ['upscale_method', 'crop'],
    numbers: ['width', 'height'],
    out: ['IMAGE'],
  },
  SaveImage: { links: { images: 'IMAGE' }, texts: ['filename_prefix'], out: [] },
} as const satisfies Record<string, Node>;

export type NodeClass = keyof typeof NODES;

/** An output of a node, as the API writes it. `type` exists for the compiler alone. */
export type Link<Type extends string> = [node: string, slot: number] & { readonly type?: Type };

/** Every node works without a segmenter; null is not written. */
type Linked<Links> = {
  -readonly [Name in keyof Links]: Link<Links[Name] & string> | (Name extends 'sam_model_opt' ? null : never);
};

type Named<Kind extends 'texts' | 'numbers' | 'flags', Of, Value> =
  Of extends Record<Kind, readonly (infer Name extends string)[]> ? Record<Name, Value> : object;

type InputsOf<Of> = (Of extends { links: infer Links } ? Linked<Links> : object) &
  Named<'texts', Of, string> &
  Named<'numbers', Of, number> &
  Named<'flags', Of, boolean>;

export type Inputs<Class extends NodeClass> = InputsOf<(typeof NODES)[Class]>;

type OutputsOf<Types extends readonly string[]> = { -readonly [Slot in keyof Types]: Link<Types[Slot]> };
export type Outputs<Class extends NodeClass> = OutputsOf<(typeof NODES)[Class]['out']>;
