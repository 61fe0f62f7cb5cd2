import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { inviteFirstOwner, inviteUser } from '#server/auth/invitations.ts';
import type { Role } from '#server/auth/principal.ts';
import type { Answer, Data } from './api.ts';

export const PASSWORD = 'correct horse battery';

/** Somebody at the API with what a browser keeps, or with an API key, or with nothing. */
export type Caller = {
  ask(
    document: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<Answer & { status: number; response: Response }>;
  /** The data of an operation that must not have errors. */
  get(document: string, variables?: object): Promise<Data>;
  file(path: string, headers?: Record<string, string>): Promise<Response>;
  headers(): Record<string, string>;
  /** A socket, and how it was closed. */
  socket(): { next(document: string): Promise<Data>; closed: Promise<number> };
};

/** What no browser lets a page do: sockets with headers of one's own. */
export const socketsWith = (headers: () => Record<string, string>) =>
  class extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers: headers() });
    }
  };

export function callerAt(url: string, key?: string): Caller {
  let cookie: string | undefined;
  const headers = (): Record<string, string> => ({
    ...(cookie !== undefined && { Cookie: cookie }),
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
  });
  const keepCookie = (response: Response) => {
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      cookie = pair.endsWith('=') ? undefined : pair;
    }
    return response;
  };
  const ask: Caller['ask'] = async (query, variables, more) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers(), ...more },
      body: JSON.stringify({ query, variables }),
    }).then(keepCookie);
    const answer = (await response.clone().json()) as Answer;
    return { ...answer, status: response.status, response };
  };
  return {
    ask,
    headers,
    async get(document, variables) {
      const { data, errors, status } = await ask(document, variables);
      if (errors) throw new Error(`${status} ${JSON.stringify(errors)}`);
      return data;
    },
    file: (path, more) => fetch(`${url}${path}`, { redirect: 'manual', headers: { ...headers(), ...more } }),
    socket() {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: socketsWith(headers),
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => {},
      });
      const closed = new Promise<number>((resolve) =>
        client.on('closed', (event) => resolve((event as { code: number }).code)),
      );
      const results = (document: string) => client.iterate({ query: document });
      return {
        closed,
        async next(document) {
          const { value } = await results(document).next();
          return value;
        },
      };
    },
  };
}

const ACCEPT = `mutation ($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    __typename ... on AcceptInvitationSuccess { viewer { user { id name role } } } ... on UserError { code message }
  }
}`;

/** Uses a link up, as a browser does. */
export const accept = async (caller: Caller, input: object) =>
  (await caller.get(ACCEPT, { input: { password: PASSWORD, ...input } })).acceptInvitation;

/** The first owner of an installation that has none. */
export async function firstOwner(url: string, name = 'Olga'): Promise<Caller> {
  const invitation = await inviteFirstOwner();
  const owner = callerAt(url);
  await accept(owner, { secret: invitation?.secret ?? '', name });
  return owner;
}

/** Somebody new, signed in. */
export async function newPerson(url: string, role: Role, name: string): Promise<Caller> {
  const { secret } = await inviteUser(role, null);
  const person = callerAt(url);
  await accept(person, { secret, name });
  return person;
}

const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    __typename
    ... on CreateApiKeySuccess { secret apiKey { id prefix scopes } }
    ... on InvalidInput { issues { field message } }
  }
}`;
export const createKey = async (person: Caller, input: object) =>
  (await person.get(CREATE_KEY, { input: { name: 'a program', ...input } })).createApiKey;

/** For the header `Authorization`: a new key of this person, to read unless more is said. */
export const newBearer = async (person: Caller, scopes = ['READ']) =>
  `Bearer ${(await createKey(person, { scopes })).secret}`;
