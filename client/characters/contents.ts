import { formatBytes, plural } from '../ui/format.ts';

export type Contents = {
  images: number;
  loras: number;
  trainings: number;
  generations: number;
  samples: number;
  outputs: number;
  bytes: number;
};

/** `24 photos, 3 LoRAs and 118 images (1.2 GB)`; what is not there is not named. */
export function nameContents(contents: Contents): string {
  const parts = [
    [contents.images, 'photo'],
    [contents.loras, 'LoRA'],
    [contents.trainings, 'training'],
    [contents.samples, 'sample'],
    [contents.outputs, 'image'],
  ] as const;
  const named = parts.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
  if (named.length === 0) return 'the character, which is empty';
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(named);
  return contents.bytes > 0 ? `${list} (${formatBytes(contents.bytes)})` : list;
}
