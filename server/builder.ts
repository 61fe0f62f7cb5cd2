import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import type { FileUpload } from 'graphql-upload-minimal';
import type { Guard } from './auth/guard.ts';
import type { Principal } from './auth/principal.ts';
import type { Client } from './auth/sessions.ts';
import { costOfField } from './cost.ts';
import { type InputIssue, InvalidInput, NotFound } from './errors.ts';
import type { UploadRequest } from './http/multipart.ts';

/** What a resolver knows of its request. */
export type Context = {
  correlationId: string;
  principal: Principal;
  client: Client;
  /** Gives the browser the secret of a session to keep, or with null takes it away. Undefined over a socket, which has no response. */
  keepSession: ((secret: string | null) => void) | undefined;
  /** Ends the session that the request came with, if any. */
  endSession: () => Promise<void>;
  /** Of a multipart request. */
  upload?: UploadRequest;
};

/** Who may use a field, stated beside it. Root fields must, and `server/auth/guard.ts` sees to it before anything runs. */
declare global {
  export namespace PothosSchemaTypes {
    // The names and the order of the parameters have to be those of Pothos.
    interface ObjectFieldOptions<Types, ParentShape, Type, Nullable, Args, ResolveReturnShape> {
      guard?: Guard;
    }
    interface QueryFieldOptions<Types, Type, Nullable, Args, ResolveReturnShape> {
      guard: Guard;
    }
    interface MutationFieldOptions<Types, Type, Nullable, Args, ResolveReturnShape> {
      guard: Guard;
    }
    interface SubscriptionFieldOptions<Types, Type, Nullable, Args, ResolveShape, ResolveReturnShape> {
      guard: Guard;
    }
  }
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Seed: { Input: number; Output: number };
    Bytes: { Input: number; Output: number };
    Upload: { Input: Promise<FileUpload>; Output: never };
  };
}>({
  plugins: [ErrorsPlugin, RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  // Told to `costOf`, which is asked before anything runs; the plugin would ask in each root field.
  complexity: { fieldComplexity: costOfField, disabled: true },
  relay: {
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    edgesFieldOptions: { nullable: false },
    nodeFieldOptions: { nullable: false },
    clientMutationId: 'omit',
    cursorType: 'String',
    defaultConnectionTypeOptions: {
      description: 'A page of a list, and what is needed to ask for the next.',
    },
    defaultEdgeTypeOptions: { description: 'One entry of a page, with its place in the list.' },
    pageInfoTypeOptions: {
      description: 'Whether a list goes on before and behind this page, and from where.',
    },
    cursorFieldOptions: { description: 'Its place in the list, for `after` or `before`. Opaque.' },
    hasNextPageFieldOptions: { description: 'Whether there is more behind `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is more before `startCursor`.' },
    startCursorFieldOptions: {
      description:
        'Of the first entry, for `before`. On an empty page the cursor that was asked with, or null.',
    },
    endCursorFieldOptions: {
      description:
        'Of the last entry, for `after`. On an empty page the cursor that was asked with, or null.',
    },
    afterArgOptions: { description: 'Only what comes behind this cursor of the same list.' },
    beforeArgOptions: { description: 'Only what comes before this cursor of the same list.' },
    firstArgOptions: {
      description: 'So many from the start, 0 to 100 unless the list says otherwise; 20 when left out.',
    },
    lastArgOptions: {
      description: 'So many from the end, 0 to 100 unless the list says otherwise, instead of `first`.',
    },
  },
  errors: {
    defaultTypes: [],
    defaultResultOptions: {
      name: ({ fieldName }) => `${pascal(fieldName)}Success`,
      description: 'The mutation did what it was asked, and this is how things are now.',
    },
    defaultUnionOptions: {
      name: ({ fieldName }) => `${pascal(fieldName)}Result`,
      description: 'What the mutation did, or why it did nothing: then a `UserError`.',
    },
  },
});

const EXACT = Number.MAX_SAFE_INTEGER;

function exactInteger(value: unknown, what: string): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= EXACT) return number;
  throw new GraphQLError(`${what} must be a whole number from 0 to ${EXACT}.`);
}

const exactIntegerScalar = (name: string, description: string) =>
  new GraphQLScalarType<number, number>({
    name,
    description,
    serialize: (value) => exactInteger(value, name),
    parseValue: (value) => exactInteger(value, name),
    parseLiteral: (node) => exactInteger(node.kind === Kind.INT ? node.value : null, name),
  });

builder.addScalarType('DateTime', DateTimeResolver, {
  description: 'A point in time: ISO 8601, UTC, to the millisecond, such as `2026-01-31T10:15:30.250Z`.',
});
builder.addScalarType(
  'Seed',
  exactIntegerScalar(
    'Seed',
    'A seed: a whole number from 0 to 9007199254740991 (2^53 − 1), more than an Int can hold.',
  ),
);
builder.addScalarType(
  'Bytes',
  exactIntegerScalar('Bytes', 'A number of bytes: a whole number up to 9007199254740991 (2^53 − 1).'),
);

builder.queryType({
  description: 'What there is. A look-up by id answers null when there is nothing with that id.',
});
builder.mutationType({
  description:
    'What can be asked for. Each answers with its success, or with a `UserError` that says what to mend.',
});
builder.subscriptionType({
  description:
    'What happens, as it happens, over WebSocket (graphql-ws) or server-sent events. Completes by itself when nothing more can come.',
});

/** A GraphQL enum with the values of a Postgres one, in upper case, and what each of them means. */
export const enumFrom = <Value extends string>(
  name: string,
  { enumValues }: { enumValues: readonly [Value, ...Value[]] },
  description: string,
  meanings: Record<Value, string>,
) =>
  builder.enumType(name, {
    description,
    values: Object.fromEntries(
      enumValues.map((value) => [value.toUpperCase(), { value, description: meanings[value] }]),
    ) as {
      [Name in Uppercase<Value>]: { value: Value; description: string };
    },
  });

// ── Errors that are part of an answer ───────────────────────────────────────────────────────────────────────────────

export const UserErrorInterface = builder
  .interfaceRef<{ code: string; message: string }>('UserError')
  .implement({
    description:
      'What the caller can do something about. Every mutation answers with its success or one of these.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Stable and upper case, for programs.' }),
      message: t.exposeString('message', { description: 'For people, in English.' }),
    }),
  });

builder.objectType(NotFound, {
  name: 'NotFound',
  description: 'There is nothing with this id.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'What was looked for, such as `character`.' }),
    id: t.exposeID('id', { description: 'What it was looked for by, as it was given.' }),
  }),
});

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One value of the input that is outside its limits.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Path in the input, such as `config.steps`.' }),
    message: t.exposeString('message', { description: 'What is wrong with it and what the limit is.' }),
  }),
});

builder.objectType(InvalidInput, {
  name: 'InvalidInput',
  description: 'Values that are outside their limits, all of them at once.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ issues: t.expose('issues', { type: [InputIssueRef], description: 'At least one.' }) }),
});
