import { builder } from './builder.ts';
import type { Parameter } from './engines/engine.ts';

type OfType<Type extends Parameter['type']> = Extract<Parameter, { type: Type }>;
const TYPE_OF = {
  INTEGER: 'NumberParameter',
  FLOAT: 'NumberParameter',
  CHOICE: 'ChoiceParameter',
  BOOLEAN: 'BooleanParameter',
  TEXT: 'TextParameter',
} as const;

export const ParameterRef = builder.interfaceRef<Parameter>('Parameter').implement({
  description:
    'One thing that can be set, described well enough to draw its form field and to check its value.',
  resolveType: ({ type }) => TYPE_OF[type],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The input field of the same name takes it.' }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'What it does, one or two sentences.' }),
    group: t.exposeString('group', { description: 'Fields of one group stand together.' }),
    isAdvanced: t.exposeBoolean('isAdvanced', { description: 'Few people need it: folded away in a form.' }),
    unit: t.exposeString('unit', { nullable: true, description: '`px`, `steps` …; null for a bare number.' }),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why this engine cannot; null when it can.',
    }),
  }),
});

builder.objectRef<OfType<'INTEGER' | 'FLOAT'>>('NumberParameter').implement({
  description: 'A number within a range.',
  interfaces: [ParameterRef],
  fields: (t) => ({
    isInteger: t.boolean({ description: 'Only whole numbers.', resolve: ({ type }) => type === 'INTEGER' }),
    minimum: t.exposeFloat('minimum', { description: 'Inclusive.' }),
    maximum: t.exposeFloat('maximum', { description: 'Inclusive.' }),
    step: t.exposeFloat('step', {
      nullable: true,
      description: 'A good step for a stepper; whole numbers keep to it.',
    }),
    defaultNumber: t.exposeFloat('default', {
      nullable: true,
      description: 'What it is when left out; null: drawn, or derived from other values.',
    }),
  }),
});

const ChoiceOption = builder.objectRef<OfType<'CHOICE'>['options'][number]>('ChoiceOption').implement({
  description: 'One value that can be chosen.',
  fields: (t) => ({
    value: t.exposeString('value', {
      description: 'What to give: an enum value, a number or a string, as the field asks.',
    }),
    label: t.exposeString('label', { description: 'Its name for people.' }),
    unsupported: t.exposeString('unsupported', {
      nullable: true,
      description: 'Why this engine cannot; null when it can.',
    }),
  }),
});
builder.objectRef<OfType<'CHOICE'>>('ChoiceParameter').implement({
  description: 'One of several values.',
  interfaces: [ParameterRef],
  fields: (t) => ({
    options: t.expose('options', { type: [ChoiceOption], description: 'All that there are.' }),
    defaultChoice: t.exposeString('default', {
      description: 'The `value` of the option that it is when left out.',
    }),
  }),
});
builder.objectRef<OfType<'BOOLEAN'>>('BooleanParameter').implement({
  description: 'On or off.',
  interfaces: [ParameterRef],
  fields: (t) => ({
    defaultBoolean: t.exposeBoolean('default', { description: 'What it is when left out.' }),
  }),
});
builder.objectRef<OfType<'TEXT'>>('TextParameter').implement({
  description: 'A text; one line each where the field takes a list.',
  interfaces: [ParameterRef],
  fields: (t) => ({
    maxLength: t.exposeInt('maxLength', { description: 'Characters.' }),
    defaultText: t.exposeString('default', { description: 'What it is when left out.' }),
  }),
});

/** GraphQL spells the values of its enums in upper case; those of numbers and plain strings stay as they are. */
export const asEnumValues = (parameter: Parameter): Parameter =>
  parameter.type !== 'CHOICE'
    ? parameter
    : {
        ...parameter,
        default: parameter.default.toUpperCase(),
        options: parameter.options.map((option) => ({ ...option, value: option.value.toUpperCase() })),
      };
