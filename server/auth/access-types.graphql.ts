import { role } from '#schema/access.ts';
import { builder, enumFrom, UserErrorInterface } from '../builder.ts';
import { type ApiKey, apiKeysOf } from './api-keys.ts';
import { type Principal, type Scope, scopesOf, userOf } from './principal.ts';
import { type Session, sessionsOf } from './sessions.ts';
import { TooManyAttempts } from './throttle.ts';
import { LastOwner, NameTaken, type UserRow, usersByIds, WrongCredentials } from './users.ts';

export const RoleRef = enumFrom('Role', role, 'What a person may do.', {
  owner: 'Everything: also people, queues, workers and maintenance.',
  editor: 'See everything; change characters, photos, LoRAs and jobs.',
  viewer: 'See everything, change nothing.',
});

export const ScopeRef = builder.enumType('Scope', {
  description: 'What an API key may do. Whoever may write has to be given READ as well.',
  values: {
    READ: { value: 'read', description: '`read`: all queries, subscriptions and files.' },
    WRITE_CHARACTERS: {
      value: 'write:characters',
      description: '`write:characters`: characters and their photos.',
    },
    WRITE_LORAS: { value: 'write:loras', description: '`write:loras`: names and existence of LoRAs.' },
    WRITE_JOBS: {
      value: 'write:jobs',
      description: '`write:jobs`: start, stop, repeat and order trainings and generations.',
    },
    ADMIN: {
      value: 'admin',
      description:
        '`admin`: queues, workers, maintenance and the audit log. People and keys are not for keys.',
    },
  } satisfies Record<string, { value: Scope; description: string }>,
});

const SessionRef = builder.objectRef<Session>('Session').implement({
  description: 'A browser that is signed in.',
  fields: (t) => ({
    id: t.exposeID('id'),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the browser said it is; null when it said nothing.',
    }),
    address: t.exposeString('address', {
      nullable: true,
      description: 'Network address of its last request, to a minute.',
    }),
    isCurrent: t.boolean({
      description: 'It is the one that asks.',
      resolve: ({ id }, _, { principal }) => principal.kind === 'session' && principal.sessionId === id,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it signed in.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description: 'Its last request, to a minute. Seven days later it ends.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends however much it is used: 30 days after it began.',
    }),
  }),
});

export const ApiKeyRef = builder.objectRef<ApiKey>('ApiKey').implement({
  description: 'What a program signs in with. The key itself is shown once, when it is made.',
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: 'What it is for.' }),
    prefix: t.exposeString('prefix', { description: 'How it begins, to know it by.' }),
    scopes: t.expose('scopes', {
      type: [ScopeRef],
      description: 'What it was given. It never may more than the person who made it may now.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its last request, to a minute; null when it was never used.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From then on it is refused; null when it is good until it is revoked.',
    }),
  }),
});

export const UserRef = builder.loadableObject('User', {
  description: 'A person who may use this installation.',
  load: async (ids: string[]) => usersByIds(ids),
  sort: (user: UserRow) => user.id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: 'To sign in with; unique in either case.' }),
    role: t.expose('role', { type: RoleRef, description: 'What this person may do.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    sessions: t.field({
      type: [SessionRef],
      guard: 'owner',
      description: 'Where this person is signed in, the last used first.',
      resolve: ({ id }) => sessionsOf(id),
    }),
    apiKeys: t.field({
      type: [ApiKeyRef],
      guard: 'owner',
      description: 'Keys that this person made, the newest first.',
      resolve: ({ id }) => apiKeysOf(id),
    }),
  }),
});

export const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'Who asks.',
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The person, or the one who made the API key; null with ISENGARD_AUTH=off.',
      resolve: (principal) => userOf(principal)?.id ?? null,
    }),
    scopes: t.field({
      type: [ScopeRef],
      description: 'What may be done now.',
      resolve: (principal) => [...scopesOf(principal)],
    }),
    sessions: t.field({
      type: [SessionRef],
      guard: 'person',
      description: 'Where this person is signed in, the last used first.',
      resolve: (principal) => sessionsOf(userOf(principal)?.id ?? ''),
    }),
    apiKeys: t.field({
      type: [ApiKeyRef],
      guard: 'person',
      description: 'Keys that this person made, the newest first.',
      resolve: (principal) => apiKeysOf(userOf(principal)?.id ?? ''),
    }),
  }),
});

builder.objectType(WrongCredentials, {
  name: 'WrongCredentials',
  description: 'The name or the password is wrong; which of them is not told.',
  interfaces: [UserErrorInterface],
});
builder.objectType(TooManyAttempts, {
  name: 'TooManyAttempts',
  description:
    'Too many passwords were tried, from this network or at this account, or very many are looked at now.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'Before that, nothing is looked at.',
    }),
  }),
});
builder.objectType(NameTaken, {
  name: 'NameTaken',
  description: 'Somebody has this name already, in whatever case.',
  interfaces: [UserErrorInterface],
});
builder.objectType(LastOwner, {
  name: 'LastOwner',
  description: 'Nobody would be left who may do everything.',
  interfaces: [UserErrorInterface],
});
