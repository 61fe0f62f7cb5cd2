import { GraphQLError } from 'graphql';
import { builder, type Context, UserErrorInterface } from '../builder.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { InvalidInput } from '../errors.ts';
import { RoleRef, ViewerRef } from './access-types.graphql.ts';
import { acceptInvitation, findInvitation, InvalidInvitation } from './invitations.ts';
import type { Principal, Role } from './principal.ts';
import { sessionOf, startSession } from './sessions.ts';
import { TooManyAttempts } from './throttle.ts';
import { authenticate, hasOwner, NameTaken, WrongCredentials } from './users.ts';

const InvitationRef = builder.objectRef<{ role: Role; userName: string | null }>('Invitation').implement({
  description: 'What a link is good for.',
  fields: (t) => ({
    role: t.expose('role', { type: RoleRef, description: 'What whoever uses it may do.' }),
    userName: t.exposeString('userName', {
      nullable: true,
      description: 'The user who gets a new password by it; null when it makes a new user.',
    }),
  }),
});

const AccessRef = builder.objectRef<object>('Access').implement({
  description: 'How one gets in. All of it can be asked without being in.',
  fields: (t) => ({
    isOn: t.boolean({
      description: 'People sign in. False with ISENGARD_AUTH=off: whoever reaches it may do everything.',
      resolve: () => env.ISENGARD_AUTH === 'on',
    }),
    isSetUp: t.boolean({
      description: 'It has an owner. Until then nothing works but the set-up link that the server printed.',
      resolve: () => hasOwner(),
    }),
    viewer: t.field({
      type: ViewerRef,
      nullable: true,
      description: 'Who asks; null when that is nobody known.',
      resolve: (_, __, { principal }) => (principal.kind === 'anonymous' ? null : principal),
    }),
    invitation: t.field({
      type: InvitationRef,
      nullable: true,
      // Nobody known may ask for it, so not often in one document.
      complexity: 5000,
      description: 'What the link with this secret is good for; null when for nothing, or not any more.',
      args: { secret: t.arg.string({ description: 'What comes behind `#` in the link.' }) },
      resolve: (_, { secret }) => findInvitation(secret),
    }),
  }),
});
builder.queryField('access', (t) =>
  t.field({
    type: AccessRef,
    guard: 'public',
    description: 'How one gets in, and who one is.',
    resolve: () => ({}),
  }),
);

builder.objectType(InvalidInvitation, {
  name: 'InvalidInvitation',
  description: 'The link was used, has expired, or never was one.',
  interfaces: [UserErrorInterface],
});

/** A cookie comes with an HTTP response, so over a socket nobody would get the session. */
function needCookie({ keepSession }: Context): NonNullable<Context['keepSession']> {
  if (keepSession) return keepSession;
  throw new GraphQLError('This mutation sets a cookie: send it over HTTP.', {
    extensions: { code: 'HTTP_ONLY' },
  });
}

/** Makes whoever asks into this user, in a session of its own: one that somebody else may know is never taken over. */
async function enter(session: string, context: Context): Promise<Principal> {
  const keepSession = needCookie(context);
  await context.endSession();
  keepSession(session);
  const principal = await sessionOf(session, context.client);
  if (principal === undefined) throw new Error('A session that was just begun is not there.');
  context.principal = principal;
  return principal;
}

const SignInInput = builder.inputType('SignInInput', {
  description: 'Who signs in.',
  fields: (t) => ({
    name: t.string({ description: 'In whatever case.' }),
    password: t.string({ description: 'Of the user.' }),
  }),
});
builder.mutationField('signIn', (t) =>
  t.field({
    type: ViewerRef,
    guard: 'public',
    description:
      'Begins a session, whose secret is set as an HttpOnly cookie. Programs use an API key instead.',
    args: { input: t.arg({ type: SignInInput }) },
    errors: {
      types: [WrongCredentials, TooManyAttempts],
      dataField: { name: 'viewer', description: 'Who asks from now on.' },
    },
    resolve: async (_, { input }, context) => {
      needCookie(context);
      const user = await authenticate(input, context.client.address);
      return enter(await startSession(db, user.id, context.client), context);
    },
  }),
);

const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  description: 'A link, and who uses it.',
  fields: (t) => ({
    secret: t.string({ description: 'What comes behind `#` in the link.' }),
    name: t.string({
      required: false,
      description: '1 to 100 characters, to sign in with. Not used when the link is for a new password.',
    }),
    password: t.string({ description: '10 to 200 characters.' }),
  }),
});
builder.mutationField('acceptInvitation', (t) =>
  t.field({
    type: ViewerRef,
    guard: 'public',
    description:
      'Uses a link up: that of the first start makes the owner, an invitation a user, a third kind gives a user a new password. Signs in.',
    args: { input: t.arg({ type: AcceptInvitationInput }) },
    errors: {
      types: [InvalidInput, InvalidInvitation, NameTaken],
      dataField: { name: 'viewer', description: 'Who asks from now on.' },
    },
    resolve: async (_, { input }, context) => {
      needCookie(context);
      const { session } = await acceptInvitation(input, context.client);
      return enter(session, context);
    },
  }),
);

const SignOutSuccess = builder.objectRef<object>('SignOutSuccess').implement({
  description: 'The session is over.',
  fields: (t) => ({
    access: t.field({ type: AccessRef, description: 'How one gets in again.', resolve: () => ({}) }),
  }),
});
builder.mutationField('signOut', (t) =>
  t.field({
    type: SignOutSuccess,
    guard: 'public',
    description:
      'Ends the session of this browser, with its open subscriptions. Does nothing when there is none.',
    resolve: async (_, __, context) => {
      const keepSession = needCookie(context);
      await context.endSession();
      keepSession(null);
      context.principal = { kind: 'anonymous' };
      return {};
    },
  }),
);
