import { builder, UserErrorInterface } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import {
  charactersByIds,
  createCharacter,
  findCharacter,
  listCharacters,
  type CharacterSort as Sort,
  TriggerWordTaken,
  updateCharacter,
} from './characters.ts';
import { type CharacterContents, contentsOf } from './contents.ts';
import { deleteCharacter } from './delete-character.ts';

const ContentsRef = builder.objectRef<CharacterContents>('CharacterContents').implement({
  description: 'All that there is of a character.',
  fields: (t) => ({
    images: t.exposeInt('images'),
    loras: t.exposeInt('loras'),
    trainings: t.exposeInt('trainings'),
    generations: t.exposeInt('generations', {
      description: 'Every generation that it belongs to or that used one of its LoRAs.',
    }),
    samples: t.exposeInt('samples'),
    outputs: t.exposeInt('outputs'),
    bytes: t.expose('bytes', {
      type: 'Bytes',
      description: 'On disk: photos, LoRAs, checkpoints, samples and outputs, without thumbnails.',
    }),
  }),
});

export const Character = builder.loadableObject('Character', {
  description: 'Who a LoRA is about: a person, an animal, a thing.',
  load: charactersByIds,
  sort: ({ id }) => id,
  // Batched, but never remembered: a subscription lives long, and a mutation may be followed by another.
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: '1 to 100 characters.' }),
    triggerWord: t.exposeString('triggerWord', {
      description:
        'What calls the character in a prompt. 2 to 50 letters, digits, spaces, `_` or `-`; no other character has it, in either case.',
    }),
    description: t.exposeString('description', { nullable: true, description: 'At most 500 characters.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When it or one of its photos or captions last changed.',
    }),
    contents: t.loadable({
      type: ContentsRef,
      description: 'What its deletion would remove.',
      load: (ids: string[]) => contentsOf(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
  }),
});

builder.objectType(TriggerWordTaken, {
  name: 'TriggerWordTaken',
  description: 'Another character has this trigger word, in upper or lower case.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    character: t.expose('character', { type: Character, description: 'The one that has it.' }),
  }),
});

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const CharacterSort = builder.enumType('CharacterSort', {
  values: {
    NEWEST: {
      value: 'newest' satisfies Sort as Sort,
      description: 'The one that was made last comes first.',
    },
    NAME: { value: 'name' satisfies Sort as Sort, description: 'By name, whatever its case.' },
    UPDATED: {
      value: 'updated' satisfies Sort as Sort,
      description: 'The one that changed last comes first.',
    },
  },
});

builder.queryField('characters', (t) =>
  t.connection(
    {
      type: Character,
      description: 'At most 100 a page.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of the name, the trigger word or the description, whatever its case.',
        }),
        sort: t.arg({ type: CharacterSort, defaultValue: 'newest' }),
      },
      resolve: (_, args) => listCharacters(args),
    },
    {
      name: 'CharacterConnection',
      fields: (connection) => ({
        totalCount: connection.int({
          description: 'Of all pages together.',
          resolve: ({ countAll }) => countAll(),
        }),
      }),
    },
    { name: 'CharacterEdge' },
  ),
);

builder.queryField('character', (t) =>
  t.field({
    type: Character,
    nullable: true,
    args: { id: t.arg.id() },
    resolve: (_, { id }) => findCharacter(id),
  }),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CreateCharacterInput = builder.inputType('CreateCharacterInput', {
  fields: (t) => ({
    name: t.string({ description: '1 to 100 characters; spaces around it are cut off.' }),
    triggerWord: t.string({
      description: '2 to 50 letters, digits, spaces, `_` or `-`; unique in either case.',
    }),
    description: t.string({ required: false, description: 'At most 500 characters.' }),
  }),
});

builder.mutationField('createCharacter', (t) =>
  t.field({
    type: Character,
    args: { input: t.arg({ type: CreateCharacterInput }) },
    errors: { types: [InvalidInput, TriggerWordTaken], dataField: { name: 'character' } },
    resolve: (_, { input }) => createCharacter(input),
  }),
);

const UpdateCharacterInput = builder.inputType('UpdateCharacterInput', {
  description: 'A field that is left out stays as it is.',
  fields: (t) => ({
    id: t.id(),
    name: t.string({ required: false, description: '1 to 100 characters; null is refused.' }),
    triggerWord: t.string({
      required: false,
      description:
        '2 to 50 letters, digits, spaces, `_` or `-`; null is refused. LoRAs keep the word that they learned.',
    }),
    description: t.string({ required: false, description: 'At most 500 characters; null clears it.' }),
  }),
});

builder.mutationField('updateCharacter', (t) =>
  t.field({
    type: Character,
    args: { input: t.arg({ type: UpdateCharacterInput }) },
    errors: { types: [NotFound, InvalidInput, TriggerWordTaken], dataField: { name: 'character' } },
    resolve: (_, { input }) => updateCharacter(input),
  }),
);

const DeleteCharacterInput = builder.inputType('DeleteCharacterInput', { fields: (t) => ({ id: t.id() }) });

const DeleteCharacterSuccess = builder
  .objectRef<{ id: string; receipt: CharacterContents }>('DeleteCharacterSuccess')
  .implement({
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Of the character that is gone.' }),
      receipt: t.expose('receipt', { type: ContentsRef, description: 'What was removed with it.' }),
    }),
  });

builder.mutationField('deleteCharacter', (t) =>
  t.field({
    type: DeleteCharacterSuccess,
    description:
      'Forgets a character for good: its jobs stop; its photos, trainings, LoRAs and every generation that used one of them go, from database and disk. Ask before, with `Character.contents`.',
    args: { input: t.arg({ type: DeleteCharacterInput }) },
    errors: { types: [NotFound], directResult: true },
    resolve: async (_, { input: { id } }) => ({ id, receipt: await deleteCharacter(id) }),
  }),
);

builder.interfaceField(Job, 'character', (t) =>
  t.field({
    type: Character,
    nullable: true,
    description: 'Whom it is about; null for a generation without LoRA.',
    resolve: ({ characterId }) => characterId,
  }),
);
