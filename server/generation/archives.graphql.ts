import { builder } from '../builder.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { type Archive, createArchive } from './archives.ts';

const CreateArchiveInput = builder.inputType('CreateArchiveInput', {
  description: 'Which images are put in one ZIP.',
  fields: (t) => ({
    outputIds: t.idList({
      description:
        'At most 500, in the order that the ZIP is to have; those that are not there are left out.',
    }),
  }),
});

const CreateArchiveSuccess = builder.objectRef<Archive>('CreateArchiveSuccess').implement({
  description: 'A ZIP that can be fetched. It is made while it is sent.',
  fields: (t) => ({
    url: t.string({
      description:
        'Path of the ZIP, relative to the server, for 24 hours. For whoever may read; `createFileLink` makes a link of it for others.',
      resolve: ({ id }) => `/files/archives/${id}?download`,
    }),
    count: t.exposeInt('count', { description: 'How many images it has.' }),
    bytes: t.expose('bytes', {
      type: 'Bytes',
      description: 'Of the images together; nothing is compressed.',
    }),
  }),
});

builder.mutationField('createArchive', (t) =>
  t.field({
    type: CreateArchiveSuccess,
    guard: 'read',
    description:
      'Puts images together to be fetched as one ZIP. It changes none of them, and goes by itself.',
    args: { input: t.arg({ type: CreateArchiveInput }), idempotencyKey: idempotencyKey(t) },
    errors: { types: [...KEY_ERRORS], directResult: true },
    resolve: (_, args) => createArchive(args.input.outputIds, askedFor('createArchive', args)),
  }),
);
