import { createHash } from 'node:crypto';
import type { CatalogueModel } from '#server/models/catalogue.ts';

/** In the place of the real catalogue, whose files have gigabytes. */

const MEGABYTE = 1e6;

/** Bytes that no compression makes fewer, the same for the same name. */
export function contentOf(name: string, megabytes = 8): Buffer {
  const key = createHash('sha256').update(name).digest();
  const bytes = Buffer.alloc(megabytes * MEGABYTE);
  let state = key.readUInt32LE() | 1;
  for (let at = 0; at < bytes.length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state, at);
  }
  return bytes;
}

const entry = (id: string, more: Partial<CatalogueModel> = {}): CatalogueModel => ({
  id,
  label: `Model ${id}`,
  description: 'For tests.',
  group: 'Tests',
  baseModels: ['sdxl'],
  toggle: null,
  folder: 'diffusion_models',
  otherFolders: ['unet'],
  fileName: `${id.replace('/', '-')}.safetensors`,
  source: { repo: `someone/${id.replace('/', '-')}`, revision: 'main', path: 'weights/model.safetensors' },
  bytes: null,
  sha256: null,
  licence: { name: 'Any', url: 'https://example.com/licence', commercialUse: 'Commercial use is allowed.' },
  isGated: false,
  ...more,
});

const known = contentOf('test/known');

export const CATALOGUE: readonly CatalogueModel[] = [
  entry('test/known', {
    bytes: known.length,
    sha256: createHash('sha256').update(known).digest('hex'),
  }),
  entry('test/unknown'),
  entry('test/gated', { isGated: true }),
  entry('test/moved', { bytes: 5, sha256: createHash('sha256').update('hello').digest('hex') }),
  entry('test/other', { folder: 'vae', otherFolders: [] }),
];

export const findModel = (id: string) => CATALOGUE.find((model) => model.id === id);
