import { builder } from '../builder.ts';
import { Lora } from '../loras/loras.graphql.ts';
import type { IdentityScore, ScoredCheckpoint } from './identity-scores.ts';
import { lorasOfCheckpoints } from './training-loads.ts';

export const IdentityScoreRef = builder.objectRef<IdentityScore>('IdentityScore').implement({
  description: 'How much the samples of one step are like the photos.',
  fields: (t) => ({
    score: t.exposeFloat('score', {
      description:
        'Mean of `Sample.identityScore`, 0 (as strangers are) to 1 (as the photos are like each other).',
    }),
    step: t.exposeInt('step', { description: 'After which the samples were made.' }),
    withFace: t.exposeInt('withFace', { description: 'How many of the samples show a face.' }),
    samples: t.exposeInt('samples', { description: 'How many samples were compared.' }),
  }),
});

export const Checkpoint = builder.objectRef<ScoredCheckpoint>('Checkpoint').implement({
  description: 'The weights at a step: what a training resumes from, and a LoRA to try.',
  fields: (t) => ({
    id: t.exposeID('id'),
    step: t.exposeInt('step', { description: 'After which it was saved.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Size of the file.' }),
    sha256: t.exposeString('sha256', { description: 'Of the file, in hex.' }),
    isPinned: t.exposeBoolean('isPinned', {
      description: 'Kept beside the newest ones, because somebody wants it.',
    }),
    identity: t.expose('identity', {
      type: IdentityScoreRef,
      nullable: true,
      description:
        'Of the samples nearest to its step, at most half of `config.sampleEvery` away, the earlier of two as near. Null when there are none, or while they are compared.',
    }),
    isBest: t.exposeBoolean('isBest', {
      description:
        'Its score is the highest of those that are kept, so it is kept beside the newest ones. Of equal scores that of the checkpoint nearer to its samples, then the later.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lora: t.loadable({
      type: Lora,
      nullable: true,
      description:
        'The LoRA with its weights, made by `createLora` or, at the last step, by the training; null when there is none.',
      load: (ids: string[]) => lorasOfCheckpoints(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    url: t.string({
      description: 'Path of the safetensors file, relative to the server.',
      resolve: ({ id }) => `/files/checkpoints/${id}?download`,
    }),
  }),
});
