import { builder, UserErrorInterface } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
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
    images: t.exposeInt('images', { description: 'Its photos.' }),
    loras: t.exposeInt('loras', { description: 'Every version of its LoRA that is there.' }),
    trainings: t.exposeInt('trainings', { description: 'In whatever state.' }),
    generations: t.exposeInt('generations', {
      description: 'Every generation that shows it, by a LoRA or by a reference picture.',
    }),
    samples: t.exposeInt('samples', { description: 'Images made while training.' }),
    outputs: t.exposeInt('outputs', { description: 'Images of its generations.' }),
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
  description: 'In which order characters are listed.',
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
      guard: 'read',
      description: 'Characters, in the order of `sort`.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of the name, the trigger word or the description, whatever its case.',
        }),
        sort: t.arg({
          type: CharacterSort,
          defaultValue: 'newest',
          description: 'NEWEST when left out. A cursor belongs to one order.',
        }),
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
    guard: 'read',
    description: 'The character with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the character.' }) },
    resolve: (_, { id }) => findCharacter(id),
  }),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CreateCharacterInput = builder.inputType('CreateCharacterInput', {
  description: 'Who a new character is.',
  fields: (t) => ({
    name: t.string({ description: '1 to 100 characters; spaces around it are cut off.' }),
    triggerWord: t.string({
      description: '2 to 50 letters, digits, spaces, `_` or `-`; unique in either case.',
    }),
    description: t.string({
      required: false,
      description: 'At most 500 characters; none when left out.',
    }),
  }),
});

builder.mutationField('createCharacter', (t) =>
  t.field({
    type: Character,
    guard: 'write:characters',
    description: 'Makes a character, without photos.',
    args: { input: t.arg({ type: CreateCharacterInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, TriggerWordTaken],
      dataField: { name: 'character', description: 'As it was made.' },
    },
    resolve: (_, args) => createCharacter(args.input, askedFor('createCharacter', args)),
  }),
);

const UpdateCharacterInput = builder.inputType('UpdateCharacterInput', {
  description: 'A field that is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'Of the character.' }),
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
    guard: 'write:characters',
    description: 'Changes the name, trigger word or description.',
    args: { input: t.arg({ type: UpdateCharacterInput }) },
    errors: {
      types: [NotFound, InvalidInput, TriggerWordTaken],
      dataField: { name: 'character', description: 'As it is now.' },
    },
    resolve: (_, { input }) => updateCharacter(input),
  }),
);

const DeleteCharacterInput = builder.inputType('DeleteCharacterInput', {
  description: 'Which character is forgotten.',
  fields: (t) => ({ id: t.id({ description: 'Of the character.' }) }),
});

const DeleteCharacterSuccess = builder
  .objectRef<{ id: string; receipt: CharacterContents }>('DeleteCharacterSuccess')
  .implement({
    description: 'The character and all that was of it are gone.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Of the character that is gone.' }),
      receipt: t.expose('receipt', { type: ContentsRef, description: 'What was removed with it.' }),
    }),
  });

builder.mutationField('deleteCharacter', (t) =>
  t.field({
    type: DeleteCharacterSuccess,
    guard: 'write:characters',
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
