import { labelOf } from '../plain-text.ts';

type Metadata = Map<string, string>;

const MAX_LENGTH = 100;
const MAX_WORDS = 10;
/** A tag that says what nearly every picture shows is what the LoRA learned. */
const COMMON = 0.9;

/** Python writes what it does not have as this word. */
const textOf = (metadata: Metadata, key: string) => {
  const text = metadata.get(key);
  return text === 'None' ? undefined : text;
};

/** What the file calls itself; null when it does not. */
export function titleOf(metadata: Metadata): string | null {
  for (const key of ['modelspec.title', 'ss_output_name']) {
    const title = labelOf(textOf(metadata, key) ?? '', MAX_LENGTH);
    if (title !== '') return title;
  }
  return null;
}

/** What may be its trigger word, the likeliest first. Anybody may have written it: a suggestion, and only ever text. */
export function triggerWordsOf(metadata: Metadata): string[] {
  const said = [
    textOf(metadata, 'modelspec.trigger_phrase'),
    textOf(metadata, 'modelspec.usage_hint'),
    ...ofTags(metadata),
    textOf(metadata, 'ss_training_comment'),
  ];
  const words = said
    .filter((text) => text !== undefined)
    // Half of a sentence would be no trigger word either.
    .map((text) => labelOf(text, MAX_LENGTH + 1))
    .filter((text) => text !== '' && [...text].length <= MAX_LENGTH);
  return [...new Set(words)].slice(0, MAX_WORDS);
}

/** From `{folder: {tag: in how many captions}}`, as kohya and AI-Toolkit write it: folders are `{repeats}_{trigger} {class}`. */
function ofTags(metadata: Metadata): string[] {
  const folders = Object.entries(objectOf(metadata.get('ss_tag_frequency')));
  const ofFolders = folders.flatMap(([folder, tags]) => {
    const name = folder.replace(/^\d+_/, '').trim();
    const only = Object.keys(isRecord(tags) ? tags : {});
    if (folders.length === 1 && only.length === 1 && only[0] === name) return [name];
    const words = name.split(/\s+/);
    return words.length > 1 ? [words.slice(0, -1).join(' '), name] : [name];
  });
  return [...ofFolders, ...commonTags(folders, picturesOf(metadata))];
}

function commonTags(folders: [string, unknown][], pictures: number): string[] {
  const counts = new Map<string, number>();
  for (const [, tags] of folders)
    for (const [tag, count] of Object.entries(isRecord(tags) ? tags : {}))
      if (typeof count === 'number') counts.set(tag, (counts.get(tag) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => pictures > 0 && count >= COMMON * pictures)
    .sort(([, a], [, b]) => b - a)
    .map(([tag]) => tag.trim());
}

/** `ss_num_train_images` counts a picture as often as it is repeated, and tags do not; the folders' own counts are of pictures. */
function picturesOf(metadata: Metadata): number {
  const counts = Object.values(objectOf(metadata.get('ss_dataset_dirs'))).map((folder) =>
    isRecord(folder) && typeof folder.img_count === 'number' ? folder.img_count : 0,
  );
  const counted = counts.reduce((sum, count) => sum + count, 0);
  return counted > 0 ? counted : Number(metadata.get('ss_num_train_images') ?? 0) || 0;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectOf(json: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
