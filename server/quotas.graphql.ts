import { builder, UserErrorInterface } from './builder.ts';
import { QuotaExceeded } from './quotas.ts';

export const QuotaRef = builder.enumType('Quota', {
  description: 'What there may be only so much of at a time.',
  values: {
    OPEN_JOBS: { value: 'openJobs', description: 'Jobs that wait or run, of all users together.' },
    UPLOADED_GB: {
      value: 'uploadedGb',
      description: 'Gigabytes of photos, reference images and uploaded LoRAs together.',
    },
  } as const,
});

builder.objectType(QuotaExceeded, {
  name: 'QuotaExceeded',
  description: 'There is as much as there may be, by a setting of this server. Nothing was added.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    quota: t.expose('quota', { type: QuotaRef, description: 'What there is too much of.' }),
    limit: t.exposeFloat('limit', { description: 'How much there may be, in jobs or gigabytes.' }),
  }),
});
