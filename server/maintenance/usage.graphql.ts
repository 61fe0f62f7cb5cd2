import { builder } from '../builder.ts';
import { Character } from '../characters/characters.graphql.ts';
import { QuotaRef } from '../quotas.graphql.ts';
import {
  type CharacterUse,
  type QuotaUse,
  readVolume,
  type Use,
  usesByCharacter,
  usesByKind,
  usesOfQuotas,
  type Volume,
} from './usage.ts';

const StorageKind = builder.enumType('StorageKind', {
  description: 'What lies on the volume.',
  values: {
    PHOTOS: { value: 'photos', description: 'The photos of all characters, as they were uploaded.' },
    REFERENCES: { value: 'references', description: 'Pictures that generations were given to go by.' },
    TRAINED_LORAS: { value: 'trainedLoras', description: 'What trainings ended with.' },
    UPLOADED_LORAS: { value: 'uploadedLoras', description: 'LoRAs that were trained elsewhere.' },
    CHECKPOINTS: { value: 'checkpoints', description: 'Weights that were saved while training.' },
    SAMPLES: { value: 'samples', description: 'Images made while training.' },
    OUTPUTS: { value: 'outputs', description: 'Images of generations.' },
  } as const,
});

const StorageUse = builder.objectRef<Use>('StorageUse').implement({
  description: 'How much there is of one kind.',
  fields: (t) => ({
    kind: t.expose('kind', { type: StorageKind }),
    files: t.exposeInt('files', { description: 'How many there are, without what lies beside them.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Of these files together.' }),
  }),
});

const CharacterStorage = builder.objectRef<CharacterUse>('CharacterStorage').implement({
  description: 'How much belongs to one character.',
  fields: (t) => ({
    character: t.expose('character', { type: Character }),
    bytes: t.expose('bytes', {
      type: 'Bytes',
      description: 'Its photos and LoRAs, and what its own trainings and generations made.',
    }),
  }),
});

const QuotaUseRef = builder.objectRef<QuotaUse>('QuotaUse').implement({
  description: 'How much there is of what there may be only so much of.',
  fields: (t) => ({
    quota: t.expose('quota', { type: QuotaRef }),
    used: t.exposeFloat('used', { description: 'In jobs or gigabytes (2^30 bytes).' }),
    limit: t.exposeFloat('limit', {
      nullable: true,
      description: 'In the same unit, set by `MAX_OPEN_JOBS` and `MAX_UPLOADED_GB`; null when there is none.',
    }),
  }),
});

const StorageRef = builder.objectRef<Volume>('Storage').implement({
  description: 'The volume, and what lies on it.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'On the machine of the server, set by `VOLUME_ROOT`.' }),
    freeBytes: t.expose('freeBytes', { type: 'Bytes', description: 'What can still be written.' }),
    totalBytes: t.expose('totalBytes', {
      type: 'Bytes',
      description: 'Size of the file system, which others may use too.',
    }),
    uses: t.field({
      type: [StorageUse],
      description:
        'By kinds, all of them. Thumbnails, logs and the database are not in it, nor are photos that were deleted and that a training still keeps.',
      resolve: () => usesByKind(),
    }),
    characters: t.field({
      type: [CharacterStorage],
      description: 'The 20 characters with the most, the largest first.',
      resolve: () => usesByCharacter(),
    }),
    quotas: t.field({
      type: [QuotaUseRef],
      description: 'What is limited by a setting, or can be.',
      resolve: () => usesOfQuotas(),
    }),
  }),
});

builder.queryField('storage', (t) =>
  t.field({
    type: StorageRef,
    guard: 'admin',
    description: 'Where everything lies, how much of it there is, and how much more there may be.',
    resolve: () => readVolume(),
  }),
);
