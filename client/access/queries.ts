import { graphql } from '../gql/index.ts';

export const AccessQuery = graphql(`
  query Access {
    access {
      isOn
      isSetUp
      viewer { user { id name role } scopes }
    }
  }
`);

export const InvitationQuery = graphql(`
  query Invitation($secret: String!) {
    access { invitation(secret: $secret) { role userName } }
  }
`);

export const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInSuccess { viewer { user { id name role } scopes } }
      ... on TooManyAttempts { retryAfterSeconds }
      ... on UserError { message }
    }
  }
`);

export const AcceptInvitation = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      __typename
      ... on AcceptInvitationSuccess { viewer { user { id } } }
      ... on InvalidInput { issues { field message } }
      ... on UserError { message }
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    signOut { access { isOn } }
  }
`);
