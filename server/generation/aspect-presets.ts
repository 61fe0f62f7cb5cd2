/** Sizes that the models were made for, about a megapixel each. `quality` 0.75 / 1 / 1.25 scales them, rounded to 16 px. */
export type AspectPreset = { name: string; width: number; height: number };

export const ASPECT_PRESETS: readonly AspectPreset[] = [
  { name: '1:1', width: 1024, height: 1024 },
  { name: '4:5', width: 896, height: 1120 },
  { name: '3:4', width: 896, height: 1152 },
  { name: '9:16', width: 768, height: 1344 },
  { name: '5:4', width: 1120, height: 896 },
  { name: '4:3', width: 1152, height: 896 },
  { name: '16:9', width: 1344, height: 768 },
];
