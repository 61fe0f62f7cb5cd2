/** The layout of the volume. Everything in a key is an id, a number or a hash of ours. */

type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic';
const EXTENSION: Record<Format, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
  heic: 'heic',
};

export type ThumbnailSize = 256 | 1024;

// Photos: named by content below their character, so that one folder is all there is of a person.
export const photosKey = (characterId: string) => `uploads/${characterId}/`;
export const photoKey = (photo: { characterId: string; sha256: string; format: Format }) =>
  `${photosKey(photo.characterId)}${photo.sha256}.${EXTENSION[photo.format]}`;
export const referenceKey = (image: { sha256: string; format: Format }) =>
  `uploads/references/${image.sha256}.${EXTENSION[image.format]}`;

// Trainings.
export const charactersLorasKey = (characterId: string) => `loras/${characterId}/`;
/** One that was uploaded may belong to no character. */
export type LoraName = { id: string; characterId: string | null; version: number | null };
const loraStem = ({ id, characterId, version }: LoraName) =>
  characterId === null ? `loras/uploaded/${id}` : `${charactersLorasKey(characterId)}v${version}`;
export const loraKey = (lora: LoraName) => `${loraStem(lora)}.safetensors`;
export const loraCardKey = (lora: LoraName) => `${loraStem(lora)}.json`;
const trainingFilesKey = (training: { characterId: string; jobId: string }) =>
  `${charactersLorasKey(training.characterId)}trainings/${training.jobId}/`;
export const checkpointKey = (checkpoint: { characterId: string; jobId: string; step: number }) =>
  `${trainingFilesKey(checkpoint)}checkpoints/${checkpoint.step}.safetensors`;
export const sampleKey = (sample: {
  characterId: string;
  jobId: string;
  step: number;
  promptIndex: number;
}) => `${trainingFilesKey(sample)}samples/${sample.step}-${sample.promptIndex}.png`;

// Generations.
export const outputsKey = (jobId: string) => `outputs/${jobId}/`;
export const outputKey = (output: { jobId: string; index: number }) =>
  `${outputsKey(output.jobId)}${output.index}.png`;
export const previewsKey = (jobId: string) => `cache/previews/${jobId}/`;
export const previewKey = (preview: { jobId: string; index: number }) =>
  `${previewsKey(preview.jobId)}${preview.index}`;

// Derived pictures can be made again, so they live in the cache, by the content of what they show.
export const thumbnailKey = (sha256: string, size: ThumbnailSize) =>
  `cache/thumbnails/${sha256.slice(0, 2)}/${sha256}-${size}.webp`;
