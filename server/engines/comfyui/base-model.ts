import type { BaseModel, ControlNetMode } from '../engine.ts';
import type { FileNeed } from './graph/draft.ts';

/** A base model and everything that a graph with it has to know: one entry of the table in families.ts. */
export type ComfyuiBaseModel = Omit<BaseModel, 'unsupported'> & {
  /** The ways in which its files may lie there; the first that is complete is taken. */
  loading: Loading[];
  /** A checkpoint of it that was trained for inpainting: taken when there is a mask. */
  inpainting: FileNeed | null;
  sampling: Sampling;
  /** Whether LoRAs of this family usually hold weights for its text encoders too. */
  lorasReachText: boolean;
  controlNets: ControlNets | null;
  /** Which files of ComfyUI_IPAdapter_plus go with it. */
  ipAdapter: 'sd15' | 'sdxl' | null;
};

export type Loading =
  /** One file with everything. */
  | { from: 'checkpoint'; checkpoint: FileNeed }
  /** `textEncoderType` as CLIPLoader and DualCLIPLoader name it; three text encoders need none. */
  | {
      from: 'parts';
      unet: FileNeed;
      textEncoders: FileNeed[];
      textEncoderType: string;
      vae: FileNeed;
    };

type EmptyLatent = 'EmptyLatentImage' | 'EmptySD3LatentImage';

/** How the noise is shifted: for the size of the image, or always alike. */
export type Shift =
  | { node: 'ModelSamplingFlux' }
  | { node: 'ModelSamplingAuraFlow' | 'ModelSamplingSD3'; shift: number };

export type Sampling =
  /** The prompt against the negative prompt; `guidanceScale` says how far (CFG). */
  | { by: 'negative'; empty: EmptyLatent; shift: Shift | null }
  /** The model was distilled to be guided by the prompt alone; `hasGuidance`: it takes `guidanceScale` as an input. */
  | { by: 'prompt'; empty: EmptyLatent; shift: Shift | null; hasGuidance: boolean };

export type ControlNets = {
  /** What a file in models/controlnet is called when it is for this family. */
  names: RegExp;
  /** What a union model, which can do all modes, is told to do: a type of SetUnionControlNetType. */
  unionTypes: Record<ControlNetMode, string>;
  examples: Record<ControlNetMode, string>;
};
