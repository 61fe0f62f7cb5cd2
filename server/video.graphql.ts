import { builder, UserErrorInterface } from './builder.ts';
import { idempotencyKey, KEY_ERRORS } from './idempotency.graphql.ts';
import { askedFor } from './idempotency.ts';
import { Job } from './jobs/job-types.graphql.ts';
import { NotImplemented, startVideo } from './video.ts';

builder.objectType(NotImplemented, {
  name: 'NotImplemented',
  description: 'This part of the API has its final shape, and nothing behind it yet.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ feature: t.exposeString('feature', { description: 'Which part, such as `video`.' }) }),
});

const StartVideoInput = builder.inputType('StartVideoInput', {
  description: 'What is to be filmed. In development.',
  fields: (t) => ({
    prompt: t.string({ description: 'What is to be seen, 1 to 2000 characters.' }),
    characterId: t.id({ required: false, description: 'Whom it shows; nobody known when left out.' }),
  }),
});
builder.mutationField('startVideo', (t) =>
  t.field({
    type: Job,
    guard: 'write:jobs',
    description: 'In development: answers NotImplemented.',
    args: { input: t.arg({ type: StartVideoInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, NotImplemented],
      dataField: { name: 'job', description: 'As it was put in line.' },
    },
    resolve: (_, args) => startVideo(askedFor('startVideo', args)),
  }),
);
