import { GraphQLUpload } from 'graphql-upload-minimal';
import { imageFormat } from '#schema/images.ts';
import { builder, UserErrorInterface } from '../builder.ts';
import { Character } from '../characters/characters.graphql.ts';
import type { Character as CharacterRow } from '../characters/characters.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { QuotaExceeded } from '../quotas.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';
import { UploadTooLarge } from '../upload-budget.ts';
import {
  captionImage,
  coversOf,
  deleteImages,
  findImage,
  imageCountsOf,
  imagesByIds,
  imagesOf,
} from './images.ts';
import type { UploadedImage } from './upload-results.ts';
import { TooManyFiles, uploadImages } from './uploads.ts';

builder.addScalarType('Upload', GraphQLUpload, {
  description: 'A file, sent by the GraphQL multipart request specification.',
});

export const Image = builder.loadableObject('Image', {
  description: 'A photo of a character.',
  load: imagesByIds,
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    character: t.field({
      type: Character,
      description: 'Whom it shows.',
      resolve: ({ characterId }) => characterId,
    }),
    fileName: t.exposeString('fileName', {
      description: 'The name that it came with: a label, never a path.',
    }),
    format: t.exposeString('format', {
      description: `As it was decoded: ${imageFormat.enumValues.join(', ')}.`,
    }),
    width: t.exposeInt('width', { description: 'Pixels, as it is seen: after its orientation.' }),
    height: t.exposeInt('height', { description: 'Pixels, as it is seen: after its orientation.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Size of the original.' }),
    sha256: t.exposeString('sha256', {
      description: 'Of the original, hexadecimal. Within a character, one content is one image.',
    }),
    thumbHash: t.exposeString('thumbHash', {
      description: 'Base64 of a ThumbHash: a placeholder until the picture is there.',
    }),
    caption: t.exposeString('caption', {
      nullable: true,
      description: 'What is to be seen, for the training; at most 2000 characters. Null when there is none.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    url: t.string({
      description: 'Path of the original, byte for byte as it was sent, relative to the server.',
      resolve: ({ id }) => `/files/images/${id}`,
    }),
    thumbnailUrl: t.string({
      description: THUMBNAIL_DESCRIPTION,
      args: {
        size: t.arg({ type: ThumbnailSize, defaultValue: 'small', description: 'SMALL when left out.' }),
      },
      resolve: ({ id }, { size }) => thumbnailUrl('images', id, size),
    }),
  }),
});

builder.objectFields(Character, (t) => ({
  imageCount: t.loadable({
    type: 'Int',
    description: 'How many photos it has.',
    load: (ids: string[]) => imageCountsOf(ids),
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
  cover: t.loadable({
    type: Image,
    nullable: true,
    description: 'Its first photo; null when it has none.',
    load: (ids: string[]) => coversOf(ids),
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
  images: t.connection(
    {
      type: Image,
      description: 'Its photos, the newest first; at most 500 a page.',
      resolve: ({ id }, args) => imagesOf(id, args),
    },
    { name: 'ImageConnection' },
    { name: 'ImageEdge' },
  ),
}));

builder.queryField('image', (t) =>
  t.field({
    type: Image,
    nullable: true,
    guard: 'read',
    description: 'The photo with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the image.' }) },
    resolve: (_, { id }) => findImage(id),
  }),
);

// ── Upload ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Outcome<Name> = Extract<UploadedImage, { outcome: Name }>;
const fileName = 'The name that the file came with.';

const ImageAccepted = builder.objectRef<Outcome<'accepted'>>('ImageAccepted').implement({
  description: 'A new photo.',
  fields: (t) => ({
    fileName: t.exposeString('fileName', { description: fileName }),
    image: t.expose('image', { type: Image, description: 'As it was stored.' }),
  }),
});

const ImageDuplicate = builder.objectRef<Outcome<'duplicate'>>('ImageDuplicate').implement({
  description: 'The character has this photo already, byte for byte.',
  fields: (t) => ({
    fileName: t.exposeString('fileName', { description: fileName }),
    image: t.expose('image', { type: Image, description: 'The one that it has.' }),
  }),
});

const ImageRejected = builder.objectRef<Outcome<'rejected'>>('ImageRejected').implement({
  description: 'Not a photo that can be used. The other files of the request are not touched by it.',
  fields: (t) => ({
    fileName: t.exposeString('fileName', { description: fileName }),
    code: t.exposeString('code', {
      description:
        'For programs: TOO_LARGE, INCOMPLETE, MISSING, EMPTY_FILE, NOT_AN_IMAGE, UNSUPPORTED_FORMAT, TOO_SMALL, TOO_LARGE_PIXELS, POLYGLOT (it can be opened as something else, too), DAMAGED, UNDECODABLE (it took more than 20 s or 2 GB, or the decoder ended over it), QUOTA_EXCEEDED, DISK_FULL or NOT_STORED.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong with it, with the limit; one sentence.',
    }),
  }),
});

const UploadedImageRef = builder.unionType('UploadedImage', {
  description: 'What became of one file.',
  types: [ImageAccepted, ImageDuplicate, ImageRejected],
  resolveType: ({ outcome }) =>
    ({ accepted: ImageAccepted, duplicate: ImageDuplicate, rejected: ImageRejected })[outcome],
});

builder.objectType(TooManyFiles, {
  name: 'TooManyFiles',
  description: 'More files in one request than are taken. None of them was read.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Files in the request.' }),
    limit: t.exposeInt('limit', { description: 'Files that one request may have.' }),
  }),
});

builder.objectType(UploadTooLarge, {
  name: 'UploadTooLarge',
  description:
    'The request is larger than all its files may be together. It is not read to its end; files that were accepted before that stay.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    limitBytes: t.expose('limitBytes', { type: 'Bytes', description: 'Of the whole request.' }),
  }),
});

const UploadImagesInput = builder.inputType('UploadImagesInput', {
  description: 'Photos for one character.',
  fields: (t) => ({
    characterId: t.id({ description: 'Whom they show.' }),
    files: t.field({
      type: ['Upload'],
      description:
        'JPEG, PNG, WebP, GIF (its first frame) or AVIF; at most 500, each of at most 20 MB and 64 to 8192 px a side. Sent by the GraphQL multipart request specification, with a header `x-isengard-upload`.',
    }),
  }),
});

const UploadImagesSuccess = builder
  .objectRef<{ results: UploadedImage[]; character: CharacterRow }>('UploadImagesSuccess')
  .implement({
    description: 'Every file was judged; each result says how.',
    fields: (t) => ({
      results: t.expose('results', {
        type: [UploadedImageRef],
        description: 'One for each file, in the order of the files.',
      }),
      character: t.expose('character', { type: Character, description: 'With its new photos.' }),
    }),
  });

builder.mutationField('uploadImages', (t) =>
  t.field({
    type: UploadImagesSuccess,
    guard: 'write:characters',
    description:
      'Adds photos to a character. Each file is judged on its own: a bad one never loses the others.',
    args: { input: t.arg({ type: UploadImagesInput }), idempotencyKey: idempotencyKey(t) },
    errors: { types: [...KEY_ERRORS, QuotaExceeded, TooManyFiles, UploadTooLarge], directResult: true },
    resolve: (_, args, { upload }) =>
      uploadImages({ ...args.input, budget: upload, asked: askedFor('uploadImages', args) }),
  }),
);

// ── Captions and deletion ───────────────────────────────────────────────────────────────────────────────────────────

const CaptionImageInput = builder.inputType('CaptionImageInput', {
  description: 'What a photo shows.',
  fields: (t) => ({
    imageId: t.id({ description: 'Of the photo.' }),
    caption: t.string({
      required: false,
      description: 'At most 2000 characters; null, or left out, clears it.',
    }),
  }),
});

builder.mutationField('captionImage', (t) =>
  t.field({
    type: Image,
    guard: 'write:characters',
    description: 'Sets or clears the caption of a photo.',
    args: { input: t.arg({ type: CaptionImageInput }) },
    errors: {
      types: [NotFound, InvalidInput],
      dataField: { name: 'image', description: 'With its new caption.' },
    },
    resolve: (_, { input }) => captionImage(input),
  }),
);

const DeleteImagesInput = builder.inputType('DeleteImagesInput', {
  description: 'Which photos are removed.',
  fields: (t) => ({ ids: t.idList({ description: 'At most 500; ids that nothing has are passed over.' }) }),
});

const DeleteImagesSuccess = builder.objectRef<{ deletedIds: string[] }>('DeleteImagesSuccess').implement({
  description: 'The photos are gone.',
  fields: (t) => ({
    deletedIds: t.exposeIDList('deletedIds', {
      description: 'Those that were there, in the order of the input.',
    }),
  }),
});

builder.mutationField('deleteImages', (t) =>
  t.field({
    type: DeleteImagesSuccess,
    guard: 'write:characters',
    description:
      'Removes photos for good. Trainings that learned from them keep what they need to be resumed.',
    args: { input: t.arg({ type: DeleteImagesInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: async (_, { input }) => ({ deletedIds: await deleteImages(input.ids) }),
  }),
);
