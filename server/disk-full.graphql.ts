import { builder, UserErrorInterface } from './builder.ts';
import { DiskFull } from './disk-full.ts';

builder.objectType(DiskFull, {
  name: 'DiskFull',
  description: 'The volume has too little space for the file.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    freeBytes: t.expose('freeBytes', { type: 'Bytes', description: 'What is free on the volume.' }),
  }),
});
