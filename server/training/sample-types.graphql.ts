import type { samples } from '#schema/training.ts';
import { builder } from '../builder.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';

export const Sample = builder.objectRef<typeof samples.$inferSelect>('Sample').implement({
  description: 'An image made while training, to see how far it is.',
  fields: (t) => ({
    id: t.exposeID('id'),
    step: t.exposeInt('step', { description: 'After which it was made.' }),
    promptIndex: t.exposeInt('promptIndex', {
      description: 'Place of its prompt among `config.samplePrompts`, from 0.',
    }),
    prompt: t.exposeString('prompt', { description: 'As it was given to the engine.' }),
    seed: t.expose('seed', { type: 'Seed', description: 'That this image was made with.' }),
    width: t.exposeInt('width', { description: 'Pixels.' }),
    height: t.exposeInt('height', { description: 'Pixels.' }),
    thumbHash: t.exposeString('thumbHash', {
      description: 'Base64 of a ThumbHash, the placeholder while it loads.',
    }),
    identityScore: t.exposeFloat('identityScore', {
      nullable: true,
      description:
        'How much its face is like the faces in the photos, 0 (as strangers are) to 1 (as the photos are like each other). Of several faces the largest counts; 0 when it shows none. Null while it was not compared, or could not be.',
    }),
    faceCount: t.exposeInt('faceCount', {
      nullable: true,
      description: 'How many faces it shows; null while they were not looked for, or could not be.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    url: t.string({
      resolve: ({ id }) => `/files/samples/${id}`,
      description: 'Path of the PNG, relative to the server.',
    }),
    thumbnailUrl: t.string({
      description: THUMBNAIL_DESCRIPTION,
      args: {
        size: t.arg({ type: ThumbnailSize, defaultValue: 'small', description: 'SMALL when left out.' }),
      },
      resolve: ({ id }, { size }) => thumbnailUrl('samples', id, size),
    }),
  }),
});
export const SampleConnection = builder.connectionObject(
  { type: Sample, name: 'SampleConnection' },
  { name: 'SampleEdge' },
);
