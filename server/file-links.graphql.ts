import { builder } from './builder.ts';
import { InvalidInput } from './errors.ts';
import { createFileLink, type FileLink } from './file-links.ts';

const CreateFileLinkInput = builder.inputType('CreateFileLinkInput', {
  description: 'A file, what is to be done with it, and for how long.',
  fields: (t) => ({
    url: t.string({ description: 'Its path, as `url` or `thumbnailUrl` of an object tells it.' }),
    download: t.boolean({
      defaultValue: false,
      description: 'Whether a browser is to save it. That of weights is always saved.',
    }),
    expiresInSeconds: t.int({ defaultValue: 300, description: '1 to 600; 300 when left out.' }),
  }),
});

const CreateFileLinkSuccess = builder.objectRef<FileLink>('CreateFileLinkSuccess').implement({
  description: 'An address by which anybody reads this file, this one alone, and only so.',
  fields: (t) => ({
    url: t.exposeString('url', {
      description: 'Path with a token, relative to the server. It needs neither session nor key.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'From then on it is refused. Before, it cannot be taken back.',
    }),
  }),
});

builder.mutationField('createFileLink', (t) =>
  t.field({
    type: CreateFileLinkSuccess,
    guard: 'read',
    description:
      'Makes a short link to a file for a program that can be told no header. It takes no idempotency key: nothing of it is kept.',
    args: { input: t.arg({ type: CreateFileLinkInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: (_, { input }) => createFileLink(input),
  }),
);
