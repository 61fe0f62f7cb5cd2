import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { ApiKeyRef, ScopeRef } from './access-types.graphql.ts';
import { type ApiKey, createApiKey, revokeApiKey } from './api-keys.ts';
import { sessionPrincipalOf } from './principal.ts';

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'What a new key is for.',
  fields: (t) => ({
    name: t.string({ description: '1 to 100 characters.' }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'What it may do: at least one, and none that the own role does not have.',
    }),
    expiresInDays: t.int({
      required: false,
      description: '1 to 3650; until it is revoked when left out.',
    }),
  }),
});

const NewApiKey = builder.objectRef<{ row: ApiKey; key: string }>('CreateApiKeySuccess').implement({
  description: 'The key, now and never again.',
  fields: (t) => ({
    apiKey: t.expose('row', { type: ApiKeyRef, description: 'What is kept of it.' }),
    secret: t.exposeString('key', {
      description: 'For the header `Authorization: Bearer …`. It is not kept: store it now.',
    }),
  }),
});
builder.mutationField('createApiKey', (t) =>
  t.field({
    type: NewApiKey,
    guard: 'person',
    description:
      'Makes a key for a program. It takes no idempotency key: the answer would have to be kept, and with it the secret.',
    args: { input: t.arg({ type: CreateApiKeyInput }) },
    errors: { types: [InvalidInput], directResult: true },
    resolve: (_, { input }, { principal }) => createApiKey(sessionPrincipalOf(principal).user, input),
  }),
);

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Which key is refused from now on.',
  fields: (t) => ({ apiKeyId: t.id({ description: 'Of the key.' }) }),
});
const RevokeApiKeySuccess = builder.objectRef<{ id: string }>('RevokeApiKeySuccess').implement({
  description: 'The key is refused from now on, and its sockets are closed.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Of the key that is gone.' }) }),
});
builder.mutationField('revokeApiKey', (t) =>
  t.field({
    type: RevokeApiKeySuccess,
    guard: 'person',
    description: 'Ends one of the own keys, or for the owner anybody’s.',
    args: { input: t.arg({ type: RevokeApiKeyInput }) },
    errors: { types: [NotFound], directResult: true },
    resolve: async (_, { input }, { principal }) => {
      await revokeApiKey(input.apiKeyId, sessionPrincipalOf(principal).user);
      return { id: input.apiKeyId };
    },
  }),
);
