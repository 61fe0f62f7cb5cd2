import { builder, UserErrorInterface } from '../builder.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { GridTooLarge, type Cell as Place } from './grid.ts';
import type { GridLora as Entry, NamedGrid } from './named-grids.ts';

builder.objectType(GridTooLarge, {
  name: 'GridTooLarge',
  description: 'The axes of the grid make more images than one may have.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    images: t.exposeInt('images', { description: 'The product of its axes.' }),
    limit: t.exposeInt('limit', { description: 'Images that a grid may have.' }),
  }),
});

export const Cell = builder.objectRef<Place>('Cell').implement({
  description:
    'A place in a grid: on each axis which of its values, from 0; null on an axis that it does not have.',
  fields: (t) => ({
    prompt: t.exposeInt('prompts', { nullable: true, description: 'In `Grid.prompts`.' }),
    lora: t.exposeInt('loras', { nullable: true, description: 'In `Grid.loras`.' }),
    strength: t.exposeInt('strengths', { nullable: true, description: 'In `Grid.strengths`.' }),
    seed: t.exposeInt('seeds', { nullable: true, description: 'In `Grid.seeds`.' }),
  }),
});

const GridLora = builder.objectRef<Entry>('GridLora').implement({
  description: 'What stands in the first place of the LoRAs.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'As it was called then; null for none: the place is empty.',
    }),
    lora: t.field({
      type: Lora,
      nullable: true,
      description: 'Null for none, and when it was deleted since.',
      resolve: ({ loraId }) => loraId,
    }),
  }),
});

export const Grid = builder.objectRef<NamedGrid>('Grid').implement({
  description:
    'What varies between the images of a generation, by axis; null for an axis that it does not have. The images are the product of the axes, at most 64: of the first the place changes slowest.',
  fields: (t) => ({
    prompts: t.exposeStringList('prompts', { nullable: true, description: 'As they were written.' }),
    loras: t.field({
      type: [GridLora],
      nullable: true,
      description: 'What stands in the first place of the LoRAs.',
      resolve: ({ loras }) => loras,
    }),
    strengths: t.exposeFloatList('strengths', {
      nullable: true,
      description: 'Of the LoRA in the first place, from 0 to 2.',
    }),
    seeds: t.field({
      type: ['Seed'],
      nullable: true,
      description: 'Of the images; without them all have that of the generation.',
      resolve: ({ seeds }) => seeds,
    }),
  }),
});
