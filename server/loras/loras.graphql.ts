import { inArray, sql } from 'drizzle-orm';
import { loraOrigin, loras } from '#schema/loras.ts';
import { builder, enumFrom, UserErrorInterface } from '../builder.ts';
import { Character } from '../characters/characters.graphql.ts';
import { db } from '../db.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { jobsByIds } from '../jobs/jobs.ts';
import { renameLora, setLoraTriggerWord } from './edit-lora.ts';
import { deleteLora, findLora, LoraInUse, listLoras, lorasByIds } from './loras.ts';

const LoraOrigin = enumFrom('LoraOrigin', loraOrigin, 'Where a LoRA comes from.', {
  trained: 'A training made it.',
  uploaded: 'Somebody brought it.',
});

export const Lora = builder.loadableObject('Lora', {
  description: 'Low-rank weights that make a base model know a character, or a style.',
  load: (ids: string[]) => lorasByIds(ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: '1 to 100 characters.' }),
    version: t.exposeInt('version', {
      nullable: true,
      description:
        'Counted within its character from 1; never given twice. Null when it belongs to no character.',
    }),
    origin: t.expose('origin', { type: LoraOrigin }),
    character: t.field({
      type: Character,
      nullable: true,
      description: 'Whom it knows; null for one that was uploaded and belongs to no character.',
      resolve: ({ characterId }) => characterId,
    }),
    baseModel: t.exposeString('baseModel', {
      description: 'The model that it was trained for.',
    }),
    family: t.exposeString('family', {
      description: 'It works with every `BaseModel` of this family, such as `flux.1`.',
    }),
    rank: t.exposeInt('rank', {
      description:
        'How much it can hold: 4 to 128 for those that were trained here, 0 for an uploaded one that has whole differences.',
    }),
    triggerWord: t.exposeString('triggerWord', {
      nullable: true,
      description:
        'The word in a prompt that calls what it knows; null when there is none, or none is known.',
    }),
    suggestedTriggerWords: t.exposeStringList('suggestedTriggerWords', {
      description:
        'What the file of one that was uploaded says that may be its trigger word, the likeliest first.',
    }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Size of the file.' }),
    sha256: t.exposeString('sha256', { description: 'Of the file, in hex.' }),
    step: t.exposeInt('step', {
      nullable: true,
      description:
        'After which step of its training the weights were taken: the last one, or that of a checkpoint. Null for one that was uploaded.',
    }),
    finalLoss: t.exposeFloat('finalLoss', {
      nullable: true,
      description: 'Loss of the last step that it learned; null when it is not known.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    url: t.string({
      description: 'Path of the safetensors file, relative to the server.',
      resolve: ({ id }) => `/files/loras/${id}?download`,
    }),
  }),
});

const LoraConnection = builder.connectionObject({ type: Lora, name: 'LoraConnection' }, { name: 'LoraEdge' });

builder.objectType(LoraInUse, {
  name: 'LoraInUse',
  description: 'Jobs that wait or run need this LoRA.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    jobs: t.field({
      type: [Job],
      description: 'As they are now.',
      resolve: (error) => jobsByIds(error.jobs.map(({ id }) => id)),
    }),
  }),
});

builder.objectFields(Character, (t) => ({
  loraCount: t.loadable({
    type: 'Int',
    description: 'How many LoRAs it has.',
    load: async (ids: string[]) => {
      const rows = await db
        .select({ id: loras.characterId, count: sql<number>`count(*)::int` })
        .from(loras)
        .where(inArray(loras.characterId, ids))
        .groupBy(loras.characterId);
      const counts = new Map(rows.map(({ id, count }) => [id, count]));
      return ids.map((id) => counts.get(id) ?? 0);
    },
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
  newestLora: t.loadable({
    type: Lora,
    nullable: true,
    description: 'The one with the highest version; null when there is none.',
    load: async (ids: string[]) => {
      const rows = await db
        .selectDistinctOn([loras.characterId])
        .from(loras)
        .where(inArray(loras.characterId, ids))
        .orderBy(loras.characterId, sql`${loras.version} desc`);
      const newest = new Map(rows.map((lora) => [lora.characterId, lora]));
      return ids.map((id) => newest.get(id) ?? null);
    },
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
}));

builder.queryField('lora', (t) =>
  t.field({
    type: Lora,
    nullable: true,
    guard: 'read',
    description: 'The LoRA with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the LoRA.' }) },
    resolve: (_, { id }) => findLora(id),
  }),
);

builder.queryField('loras', (t) =>
  t.connection(
    {
      type: Lora,
      guard: 'read',
      description: 'LoRAs, the newest first.',
      args: {
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        origin: t.arg({
          type: LoraOrigin,
          required: false,
          description: 'Only of this origin; any when left out.',
        }),
        family: t.arg.string({
          required: false,
          description: 'Only those that work with base models of this family; any when left out.',
        }),
        search: t.arg.string({
          required: false,
          description: 'Part of the name or of the trigger word, whatever its case; any when left out.',
        }),
      },
      resolve: (_, args) => listLoras(args),
    },
    LoraConnection,
  ),
);

const RenameLoraInput = builder.inputType('RenameLoraInput', {
  description: 'How a LoRA is to be called.',
  fields: (t) => ({
    loraId: t.id({ description: 'Of the LoRA.' }),
    name: t.string({ description: '1 to 100 characters.' }),
  }),
});
builder.mutationField('renameLora', (t) =>
  t.field({
    type: Lora,
    guard: 'write:loras',
    description: 'Changes the name. Generations keep the one that it had then.',
    args: { input: t.arg({ type: RenameLoraInput }) },
    errors: {
      types: [NotFound, InvalidInput],
      dataField: { name: 'lora', description: 'With its new name.' },
    },
    resolve: (_, { input }) => renameLora(input),
  }),
);

const SetLoraTriggerWordInput = builder.inputType('SetLoraTriggerWordInput', {
  description: 'By which word a LoRA is called.',
  fields: (t) => ({
    loraId: t.id({ description: 'Of the LoRA.' }),
    triggerWord: t.string({
      required: false,
      description: '1 to 100 characters; null, or left out, clears it.',
    }),
  }),
});
builder.mutationField('setLoraTriggerWord', (t) =>
  t.field({
    type: Lora,
    guard: 'write:loras',
    description: 'Sets or clears the trigger word: one of those that are suggested, or any other.',
    args: { input: t.arg({ type: SetLoraTriggerWordInput }) },
    errors: {
      types: [NotFound, InvalidInput],
      dataField: { name: 'lora', description: 'With its new trigger word.' },
    },
    resolve: (_, { input: { loraId, triggerWord = null } }) => setLoraTriggerWord({ loraId, triggerWord }),
  }),
);

const DeleteLoraInput = builder.inputType('DeleteLoraInput', {
  description: 'Which LoRA is removed.',
  fields: (t) => ({
    loraId: t.id({ description: 'Of the LoRA.' }),
    force: t.boolean({
      defaultValue: false,
      description: 'Cancel the jobs that need it instead of refusing. False when left out.',
    }),
  }),
});
builder.mutationField('deleteLora', (t) =>
  t.field({
    type: Lora,
    guard: 'write:loras',
    description: 'Removes the LoRA and its file. Images made with it stay.',
    args: { input: t.arg({ type: DeleteLoraInput }) },
    errors: {
      types: [NotFound, LoraInUse],
      dataField: { name: 'lora', description: 'As it was.' },
    },
    resolve: (_, { input }) => deleteLora(input),
  }),
);
