import { inviteFirstOwner } from '#server/auth/invitations.ts';
import type { Answer, Api } from './api.ts';

/** The first owner of a server with accounts, as somebody who uses the link of its first start. */
export async function becomeOwner({ url }: Api) {
  const ask = async (query: string, variables: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { response, answer: (await response.json()) as Answer };
  };
  const invitation = await inviteFirstOwner();
  const input = { secret: invitation?.secret, name: 'Olga', password: 'a long enough password' };
  const { response } = await ask(
    'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }',
    { input },
  );
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';

  return {
    cookie,
    name: input.name,
    password: input.password,
    /** The whole answer to what the owner asks, signed in. */
    ask: (query: string, variables: object = {}) => ask(query, variables, { Cookie: cookie }),
    /** For the header `Authorization`. */
    async newKey(scopes: string[] = ['READ']): Promise<string> {
      const { answer } = await ask(
        'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeySuccess { secret } } }',
        { input: { name: 'A program', scopes } },
        { Cookie: cookie },
      );
      return `Bearer ${answer.data.createApiKey.secret}`;
    },
  };
}
