import type { GenerationToggles, ImageSource } from '#schema/generation.ts';
import { NotFound, type UserError } from '../errors.ts';
import { imageFile, imagesByIds } from '../images/images.ts';
import { referenceFile } from '../images/references.ts';
import type { StoredFile } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { findOutput, outputFile, outputsByIds } from './outputs.ts';

const FILE_OF: Record<ImageSource['kind'], (id: string) => Promise<StoredFile | null>> = {
  image: imageFile,
  output: outputFile,
  reference_image: referenceFile,
};

const URL_OF: Record<ImageSource['kind'], string> = {
  image: 'images',
  output: 'outputs',
  reference_image: 'references',
};

async function fileOf(source: ImageSource): Promise<StoredFile> {
  const file = await FILE_OF[source.kind](source.id);
  if (file === null) throw new NotFound(source.kind.replace('_', ' '), source.id) satisfies UserError;
  return file;
}

/** Throws NotFound for a picture that is not there (any more). An image in the trash serves those alone that had it before. */
export async function checkSource(source: ImageSource) {
  await fileOf(source);
  const output = source.kind === 'output' ? await findOutput(source.id) : null;
  if (output?.deletedAt != null)
    throw new NotFound('output', source.id, 'The image is in the trash; take it back first.');
}

export const pathOfSource = async (source: ImageSource) => storage.localPath((await fileOf(source)).key);
export const urlOfSource = async (source: ImageSource) =>
  (await FILE_OF[source.kind](source.id)) === null ? null : `/files/${URL_OF[source.kind]}/${source.id}`;

export function sourcesOf({ initImage, controlNet, ipAdapter }: GenerationToggles): ImageSource[] {
  const given = [initImage?.reference, initImage?.mask, controlNet?.reference, ipAdapter?.reference];
  return given.filter((source) => source != null);
}

/** With whose deletion the pictures of these toggles would go. */
export async function holdersOf(toggles: GenerationToggles) {
  const sources = sourcesOf(toggles);
  const idsOf = (kind: ImageSource['kind']) =>
    sources.filter((source) => source.kind === kind).map(({ id }) => id);
  const images = await imagesByIds(idsOf('image'));
  const outputs = await outputsByIds(idsOf('output'));
  return {
    characterIds: images.map(({ characterId }) => characterId),
    jobIds: outputs.map(({ jobId }) => jobId),
  };
}
