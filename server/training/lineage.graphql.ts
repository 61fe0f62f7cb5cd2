import { builder } from '../builder.ts';
import { Image } from '../images/images.graphql.ts';
import { photosOfSnapshot, type SnapshotPhoto, trainingsFrom } from './lineage.ts';
import { DatasetSnapshot, Training, TrainingConnection } from './training-types.graphql.ts';

const DatasetPhoto = builder.objectRef<SnapshotPhoto>('DatasetPhoto').implement({
  description: 'A photo as a training learned from it.',
  fields: (t) => ({
    position: t.exposeInt('position', { description: 'Its place in the dataset, from 1.' }),
    caption: t.exposeString('caption', {
      nullable: true,
      description: 'As it was then; null when it had none.',
    }),
    image: t.field({
      type: Image,
      nullable: true,
      description: 'The photo as it is now; null when it was deleted since.',
      resolve: ({ imageId }) => imageId,
    }),
  }),
});

builder.objectField(DatasetSnapshot, 'photos', (t) =>
  t.connection(
    {
      type: DatasetPhoto,
      description: 'In their order.',
      resolve: ({ id }, args) => photosOfSnapshot(id, args),
    },
    { name: 'DatasetPhotoConnection' },
    { name: 'DatasetPhotoEdge' },
  ),
);

builder.objectField(Image, 'trainings', (t) =>
  t.connection(
    {
      type: Training,
      description: 'The trainings that learned from this photo, the newest first.',
      resolve: (image, args) => trainingsFrom(image, args),
    },
    TrainingConnection,
  ),
);
