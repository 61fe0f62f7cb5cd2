import { builder, UserErrorInterface } from '../builder.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { QuotaExceeded } from '../quotas.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';
import { UploadTooLarge } from '../upload-budget.ts';
import { ImageUnreadable, referenceImagesByIds, uploadReferenceImage } from './references.ts';

const ReferenceImage = builder.loadableObject('ReferenceImage', {
  description: 'A picture that steers a generation (ControlNet, IP-Adapter) and belongs to no character.',
  load: referenceImagesByIds,
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    width: t.exposeInt('width', { description: 'Pixels, as it is seen: after its orientation.' }),
    height: t.exposeInt('height', { description: 'Pixels, as it is seen: after its orientation.' }),
    thumbHash: t.exposeString('thumbHash', {
      description: 'Base64 of a ThumbHash: a placeholder until the picture is there.',
    }),
    url: t.string({
      description: 'Path of the original, relative to the server.',
      resolve: ({ id }) => `/files/references/${id}`,
    }),
    thumbnailUrl: t.string({
      description: THUMBNAIL_DESCRIPTION,
      args: {
        size: t.arg({ type: ThumbnailSize, defaultValue: 'small', description: 'SMALL when left out.' }),
      },
      resolve: ({ id }, { size }) => thumbnailUrl('references', id, size),
    }),
  }),
});

builder.objectType(ImageUnreadable, {
  name: 'ImageUnreadable',
  description: 'The file is not a picture that can be used. `code` says why, as in `ImageRejected`.',
  interfaces: [UserErrorInterface],
});

const UploadReferenceImageInput = builder.inputType('UploadReferenceImageInput', {
  description: 'A picture that is to steer generations.',
  fields: (t) => ({
    file: t.field({
      type: 'Upload',
      description: 'JPEG, PNG, WebP, GIF (its first frame) or AVIF, at most 20 MB, 64 to 8192 px a side.',
    }),
  }),
});

builder.mutationField('uploadReferenceImage', (t) =>
  t.field({
    type: ReferenceImage,
    guard: 'write:jobs',
    description:
      'Takes a picture that generations can be steered by. The same picture again is answered with the same reference image.',
    args: { input: t.arg({ type: UploadReferenceImageInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, ImageUnreadable, QuotaExceeded, UploadTooLarge],
      dataField: { name: 'referenceImage', description: 'To be named by `ImageSourceInput`.' },
    },
    resolve: (_, args, { upload }) => {
      const asked = askedFor('uploadReferenceImage', args);
      return uploadReferenceImage({ file: args.input.file, budget: upload, asked });
    },
  }),
);
