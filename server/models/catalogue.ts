import { BASE_MODEL_FILES } from './base-model-files.ts';
import type { CatalogueModel } from './catalogue-entry.ts';
import { TOGGLE_FILES } from './toggle-files.ts';

export type { CatalogueModel } from './catalogue-entry.ts';

/** The weights that production mode needs, in the order in which they are shown. */
export const CATALOGUE: readonly CatalogueModel[] = [...BASE_MODEL_FILES, ...TOGGLE_FILES];

export const findModel = (id: string): CatalogueModel | undefined =>
  CATALOGUE.find((model) => model.id === id);
