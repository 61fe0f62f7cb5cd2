import type { GenerationConfig, GenerationImage, GenerationToggles } from '../../engine.ts';

export type GraphRequest = {
  /** With the texts of this one image, */
  config: GenerationConfig & Pick<GenerationImage, 'prompt' | 'negativePrompt'>;
  /** and its seed. */
  seed: number;
  /** References are names of pictures in ComfyUI's input folder, already fitted to width × height; a mask is light where it becomes new. */
  toggles: GenerationToggles<string>;
  /**
   * Names as LoraLoader lists them, in order of application. `reachesText`: it holds weights for the text encoders too; left out, as is
   * usual for its family.
   */
  loras: { name: string; strength: number; reachesText?: boolean }[];
  filenamePrefix: string;
};
