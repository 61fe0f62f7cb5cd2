import { builder } from '../builder.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { RoleRef, UserRef, ViewerRef } from './access-types.graphql.ts';
import { type Invitation, inviteToNewPassword, inviteUser } from './invitations.ts';
import { sessionPrincipalOf } from './principal.ts';
import { revokeSession } from './sessions.ts';
import { TooManyAttempts } from './throttle.ts';
import { changePassword, changeRole, LastOwner, listUsers, removeUser, WrongCredentials } from './users.ts';

builder.queryField('users', (t) =>
  t.field({
    type: [UserRef],
    guard: 'owner',
    description: 'Everybody who may use this installation, the oldest account first.',
    resolve: listUsers,
  }),
);

const NewInvitation = builder.objectRef<Invitation>('NewInvitation').implement({
  description: 'A link to give to somebody, shown once.',
  fields: (t) => ({
    url: t.string({
      description: 'Path of the link, relative to the server. Good for one use.',
      resolve: ({ secret }) => `/join#${secret}`,
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
});

const InviteUserInput = builder.inputType('InviteUserInput', {
  description: 'Who is invited.',
  fields: (t) => ({ role: t.field({ type: RoleRef, description: 'What the new user may do.' }) }),
});
builder.mutationField('inviteUser', (t) =>
  t.field({
    type: NewInvitation,
    guard: 'owner',
    description: 'Makes a link by which one person becomes a user, within 72 hours.',
    args: { input: t.arg({ type: InviteUserInput }) },
    errors: { types: [InvalidInput], dataField: { name: 'invitation', description: 'To give away.' } },
    resolve: (_, { input }, { principal }) => inviteUser(input.role, sessionPrincipalOf(principal).user.id),
  }),
);

const UserInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ userId: t.id({ description: 'Of the user.' }) }),
  });

builder.mutationField('inviteToNewPassword', (t) =>
  t.field({
    type: NewInvitation,
    guard: 'owner',
    description:
      'Makes a link by which a user who forgot the password takes a new one, within an hour. When it is used, all sessions and API keys of the user end.',
    args: { input: t.arg({ type: UserInput('InviteToNewPasswordInput', 'Who forgot the password.') }) },
    errors: { types: [NotFound], dataField: { name: 'invitation', description: 'To give to the user.' } },
    resolve: (_, { input }, { principal }) =>
      inviteToNewPassword(input.userId, sessionPrincipalOf(principal).user.id),
  }),
);

const ChangeRoleInput = builder.inputType('ChangeRoleInput', {
  description: 'Who may do what from now on.',
  fields: (t) => ({
    userId: t.id({ description: 'Of the user.' }),
    role: t.field({ type: RoleRef, description: 'The new one. API keys of the user follow it.' }),
  }),
});
builder.mutationField('changeRole', (t) =>
  t.field({
    type: UserRef,
    guard: 'owner',
    description: 'Gives a user another role. It holds at once, also for open sockets.',
    args: { input: t.arg({ type: ChangeRoleInput }) },
    errors: { types: [NotFound, LastOwner], dataField: { name: 'user', description: 'As it is now.' } },
    resolve: (_, { input }) => changeRole(input.userId, input.role),
  }),
);

const Gone = (name: string, description: string) =>
  builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({ id: t.exposeID('id', { description: 'Of what is gone.' }) }),
  });

builder.mutationField('removeUser', (t) =>
  t.field({
    type: Gone('RemoveUserSuccess', 'The account is gone. What the user made stays.'),
    guard: 'owner',
    description: 'Removes a user with all sessions and API keys, at once.',
    args: { input: t.arg({ type: UserInput('RemoveUserInput', 'Who has to go.') }) },
    errors: { types: [NotFound, LastOwner], directResult: true },
    resolve: async (_, { input }) => {
      await removeUser(input.userId);
      return { id: input.userId };
    },
  }),
);

const ChangePasswordInput = builder.inputType('ChangePasswordInput', {
  description: 'Both passwords.',
  fields: (t) => ({
    currentPassword: t.string({ description: 'To show that it is the owner of the account who asks.' }),
    newPassword: t.string({ description: '10 to 200 characters.' }),
  }),
});
builder.mutationField('changePassword', (t) =>
  t.field({
    type: ViewerRef,
    guard: 'person',
    description: 'Changes the own password and ends all other sessions. API keys stay.',
    args: { input: t.arg({ type: ChangePasswordInput }) },
    errors: {
      types: [InvalidInput, WrongCredentials, TooManyAttempts],
      dataField: { name: 'viewer', description: 'In the same session as before.' },
    },
    resolve: async (_, { input }, { principal, client }) => {
      await changePassword(sessionPrincipalOf(principal), input, client.address);
      return principal;
    },
  }),
);

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'Which session ends.',
  fields: (t) => ({ sessionId: t.id({ description: 'Of the session.' }) }),
});
builder.mutationField('revokeSession', (t) =>
  t.field({
    type: Gone('RevokeSessionSuccess', 'The session is over, and its sockets are closed.'),
    guard: 'person',
    description: 'Ends one of the own sessions, or for the owner of anybody’s.',
    args: { input: t.arg({ type: RevokeSessionInput }) },
    errors: { types: [NotFound], directResult: true },
    resolve: async (_, { input }, { principal }) => {
      await revokeSession(input.sessionId, sessionPrincipalOf(principal).user);
      return { id: input.sessionId };
    },
  }),
);
