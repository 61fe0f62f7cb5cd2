import type { GenerationToggles } from '#schema/generation.ts';
import type { Licence } from './licences.ts';

/** A file of weights that production mode needs for something, and where it comes from. */
export type CatalogueModel = {
  /** Stable, of letters, digits, `.`, `-` and one `/`. Kept with downloads. */
  id: string;
  label: string;
  description: string;
  /** Models of one group stand together in a list. */
  group: string;
  /** Ids of the base models that need it; with `toggle`, only for that. */
  baseModels: readonly string[];
  toggle: keyof GenerationToggles | null;
  /** Below ComfyUI's `models`, where it goes; it may be in one of `otherFolders` already. */
  folder: string;
  otherFolders: readonly string[];
  fileName: string;
  source: { repo: string; revision: string; path: string };
  /** Size and hex SHA-256 of the file, as published. Null where nobody but the source says it: then its word is taken. */
  bytes: number | null;
  sha256: string | null;
  licence: Licence;
  /** Hugging Face gives it only to accounts that have accepted the licence. */
  isGated: boolean;
};

type Entry = Pick<CatalogueModel, 'id' | 'label' | 'description' | 'bytes' | 'sha256' | 'source'> &
  Partial<Pick<CatalogueModel, 'fileName' | 'isGated'>>;

/** `common` is what all of the entries have. */
export const all = (
  common: Pick<CatalogueModel, 'group' | 'baseModels' | 'folder' | 'licence'> &
    Partial<Pick<CatalogueModel, 'toggle' | 'otherFolders'>>,
  entries: Entry[],
): CatalogueModel[] =>
  entries.map((entry) => ({
    toggle: null,
    otherFolders: [],
    isGated: false,
    fileName: entry.source.path.replace(/^.*\//, ''),
    ...common,
    ...entry,
  }));

/** The base models of FLUX.1. */
export const FLUX = ['flux.1-dev', 'flux.1-schnell'];
