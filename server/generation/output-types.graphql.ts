import { builder } from '../builder.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';
import { cellOf } from './grid.ts';
import { Cell } from './grid-types.graphql.ts';
import { LoraUse } from './lora-use-types.graphql.ts';
import { loraUsesOfOutputs } from './lora-uses.ts';
import { outputsByIds } from './outputs.ts';

export const Output = builder.loadableObject('Output', {
  description: 'An image that was generated.',
  load: (ids: string[]) => outputsByIds(ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    index: t.exposeInt('index', { description: 'Place in its batch, from 0.' }),
    cell: t.field({
      type: Cell,
      nullable: true,
      description: 'Where it stands in its grid; null in a batch.',
      resolve: ({ grid, index }) => grid && cellOf(grid, index),
    }),
    prompt: t.exposeString('prompt', {
      description: 'What this image was made with, 1 to 2000 characters: nothing in it is to be replaced.',
    }),
    negativePrompt: t.exposeString('negativePrompt', {
      description:
        'What this image was to stay away from, at most 1000 characters; empty when there was nothing.',
    }),
    loras: t.loadableList({
      type: LoraUse,
      description: 'That this image was made with, in the order in which they were applied; at most 4.',
      load: (ids: string[]) => loraUsesOfOutputs(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    seed: t.expose('seed', { type: 'Seed', description: 'That this image was made with.' }),
    width: t.exposeInt('width', { description: 'Pixels, upscaling included.' }),
    height: t.exposeInt('height', { description: 'Pixels, upscaling included.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Size of the PNG.' }),
    sha256: t.exposeString('sha256', { description: 'Of the file, in hex.' }),
    thumbHash: t.exposeString('thumbHash', {
      description: 'Base64 of a ThumbHash, the placeholder while it loads.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    url: t.string({
      description: 'Path of the PNG, with its parameters in it, relative to the server.',
      resolve: ({ id }) => `/files/outputs/${id}`,
    }),
    downloadUrl: t.string({
      description: 'The same, to be saved by a browser under a readable name.',
      resolve: ({ id }) => `/files/outputs/${id}?download`,
    }),
    thumbnailUrl: t.string({
      description: THUMBNAIL_DESCRIPTION,
      args: {
        size: t.arg({ type: ThumbnailSize, defaultValue: 'small', description: 'SMALL when left out.' }),
      },
      resolve: ({ id }, { size }) => thumbnailUrl('outputs', id, size),
    }),
  }),
});
export const OutputConnection = builder.connectionObject(
  { type: Output, name: 'OutputConnection' },
  { name: 'OutputEdge' },
);
