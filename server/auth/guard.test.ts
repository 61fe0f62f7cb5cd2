import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { attempts } from '#schema/access.ts';
import { type Caller, callerAt, createKey, firstOwner, newPerson } from '#tests/people.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { db } from '../db.ts';
import { schema } from '../graphql.ts';
import { ROUTES } from '../http/listener.ts';
import { guardOf } from './guard.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

/**
 * What stands here is meant, not derived: who adds a field decides here, a second time, who may use it. Queries and subscriptions
 * that are not named are for all who may read.
 */
const NAMED: Record<string, string[]> = {
  public: ['access', 'signIn', 'signOut', 'acceptInvitation'],
  person: ['changePassword', 'revokeSession', 'createApiKey', 'revokeApiKey'],
  owner: ['users', 'inviteUser', 'inviteToNewPassword', 'changeRole', 'removeUser'],
  admin: [
    'auditLog',
    'consistencyCheck',
    'checkConsistency',
    'storage',
    'pauseQueue',
    'resumeQueue',
    'drainWorker',
    'resumeWorker',
    'downloadModel',
  ],
  'write:characters': [
    'createCharacter',
    'updateCharacter',
    'deleteCharacter',
    'uploadImages',
    'captionImage',
    'deleteImages',
  ],
  read: ['createFileLink', 'createArchive'],
  'write:loras': ['createLora', 'renameLora', 'setLoraTriggerWord', 'deleteLora', 'uploadLora'],
  'write:jobs': [
    'setFavourite',
    'deleteOutputs',
    'restoreOutputs',
    'emptyTrash',
    'startTraining',
    'resumeTraining',
    'pinCheckpoint',
    'unpinCheckpoint',
    'startGeneration',
    'repeatGeneration',
    'createWildcard',
    'updateWildcard',
    'deleteWildcard',
    'createPromptTemplate',
    'updatePromptTemplate',
    'deletePromptTemplate',
    'startVideo',
    'uploadReferenceImage',
    'cancelJob',
    'cancelAllJobs',
    'moveJob',
    'retryJob',
    'retryFailedJobs',
  ],
};
/** Beyond the roots, where one object leads to what is somebody else's. */
const NESTED: Record<string, string> = {
  'Viewer.sessions': 'person',
  'Viewer.apiKeys': 'person',
  'User.sessions': 'owner',
  'User.apiKeys': 'owner',
};

/** Whom each guard lets in. */
const LETS_IN: Record<string, string[]> = {
  public: ['anonymous', 'viewer', 'editor', 'owner', 'key to read', 'key of the owner'],
  person: ['viewer', 'editor', 'owner'],
  owner: ['owner'],
  admin: ['owner', 'key of the owner'],
  read: ['viewer', 'editor', 'owner', 'key to read', 'key of the owner'],
  'write:characters': ['editor', 'owner', 'key of the owner'],
  'write:loras': ['editor', 'owner', 'key of the owner'],
  'write:jobs': ['editor', 'owner', 'key of the owner'],
};

const ROOTS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => (type ? [{ operation: type.name.toLowerCase(), fields: Object.values(type.getFields()) }] : []),
);
const FIELDS = ROOTS.flatMap(({ operation, fields }) =>
  fields.map((field) => ({ operation, field, name: field.name })),
);
const guardIn = (table: Record<string, string[]>, name: string) =>
  Object.keys(table).find((guard) => table[guard]?.includes(name));
const meant = ({ operation, name }: { operation: string; name: string }) =>
  guardIn(NAMED, name) ?? (operation === 'mutation' ? undefined : 'read');

test('every root field has the guard that is meant, and so has what leads to what is others’', () => {
  for (const root of FIELDS) expect([root.name, guardOf(root.field)]).toEqual([root.name, meant(root)]);
  const names = FIELDS.map(({ name }) => name);
  expect(
    Object.values(NAMED)
      .flat()
      .filter((name) => !names.includes(name)),
  ).toEqual([]);

  const roots = ['Query', 'Mutation', 'Subscription'];
  const guarded = Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !roots.includes(type.name))
    .flatMap((type) =>
      isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, guardOf(field)])
        : [],
    )
    .filter(([, guard]) => guard !== undefined);
  expect(Object.fromEntries(guarded)).toEqual(NESTED);
});

// ── A document for every field, with values that stand for nothing ──────────────────────────────────────────────────

function valueFor(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueFor(type.ofType);
  if (isListType(type)) return `[${valueFor(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((field) => `${field.name}: ${valueFor(field.type)}`).join(', ')} }`;
  }
  return (
    { Upload: '$file', Boolean: 'false', Int: '1', Float: '1', Seed: '1' }[type.name] ??
    '"00000000-0000-7000-8000-000000000000"'
  );
}
const selectionOf = (type: GraphQLOutputType) => (isLeafType(getNamedType(type)) ? '' : '{ __typename }');

function documentFor(operation: string, field: GraphQLField<unknown, unknown>) {
  const args = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${valueFor(type)}`);
  const call = `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`;
  const variables = args.join().includes('$file') ? '($file: Upload!)' : '';
  return `${operation} ${variables} { ${call} ${selectionOf(field.type)} }`;
}

const { url } = await startServer();
const callers = new Map<string, () => Promise<Caller>>();
let photo: string;
let bystander: Caller;

beforeAll(async () => {
  const owner = await firstOwner(url);
  const [viewer, editor] = [await newPerson(url, 'viewer', 'Vera'), await newPerson(url, 'editor', 'Edda')];
  const reads = callerAt(url, (await createKey(owner, { scopes: ['READ'] })).secret);
  const ALL = ['READ', 'WRITE_CHARACTERS', 'WRITE_LORAS', 'WRITE_JOBS', 'ADMIN'];
  const all = callerAt(url, (await createKey(owner, { scopes: ALL })).secret);
  bystander = await newPerson(url, 'owner', 'Otto');
  const named = { viewer, editor, owner, 'key to read': reads, 'key of the owner': all };
  callers.set('anonymous', async () => callerAt(url));
  for (const [name, caller] of Object.entries(named)) callers.set(name, async () => caller);

  const { createCharacter } = await editor.get(
    'mutation { createCharacter(input: { name: "Mara", triggerWord: "mara7" }) { ... on CreateCharacterSuccess { character { id } } } }',
  );
  const form = new FormData();
  const query = `mutation ($input: UploadImagesInput!) { uploadImages(input: $input) {
    ... on UploadImagesSuccess { results { ... on ImageAccepted { image { url } } } }
  } }`;
  const variables = { input: { characterId: createCharacter.character.id, files: [null] } };
  form.set('operations', JSON.stringify({ query, variables }));
  form.set('map', '{"0": ["variables.input.files.0"]}');
  const [picture] = await realPhotos();
  form.set('0', new Blob([picture?.bytes as Uint8Array<ArrayBuffer>]), 'a.jpg');
  const headers = { ...editor.headers(), 'X-Isengard-Upload': '1', Accept: 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', body: form, headers });
  photo = (await response.json()).data.uploadImages.results[0].image.url;
});

const NAMES = ['anonymous', 'viewer', 'editor', 'owner', 'key to read', 'key of the owner'];

describe.each(NAMES)('%s', (who) => {
  // What ends the session of who asks comes last.
  const ordered = FIELDS.toSorted((a, b) => Number(a.name === 'signOut') - Number(b.name === 'signOut'));

  test('may use exactly the fields that are meant', async () => {
    const caller = (await callers.get(who)?.()) as Caller;
    for (const { operation, field, name } of ordered) {
      await db.delete(attempts);
      const document = documentFor(operation, field);
      const isLive = operation === 'subscription';
      const code = isLive
        ? await codeOfStream(caller, document)
        : (await caller.ask(document)).errors?.[0]?.extensions.code;
      const isIn = LETS_IN[meant({ operation, name }) ?? '']?.includes(who);
      const refused = who === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      if (isIn) expect([name, code]).not.toEqual([name, expect.stringMatching(/UNAUTHENTICATED|FORBIDDEN/)]);
      else expect([name, code]).toEqual([name, refused]);
      if (name === 'signOut' && ['viewer', 'editor', 'owner'].includes(who))
        expect(caller.headers()).toEqual({});
    }
  });

  test('gets exactly the routes that are meant', async () => {
    // The session of a person ended above.
    const isIn = who.startsWith('key');
    const caller = (await callers.get(who)?.()) as Caller;
    for (const path of ['/healthz', '/readyz']) expect((await caller.file(path)).status).toBe(200);
    for (const path of [photo, `${photo}/256`, `${photo}?download`])
      expect([path, (await caller.file(path)).status]).toEqual([path, isIn ? 200 : 401]);
    const playground = await caller.file('/graphql', { Accept: 'text/html' });
    expect([playground.status, playground.headers.get('location')]).toEqual(
      isIn ? [200, null] : [302, '/sign-in?next=/graphql'],
    );
    const introspection = await caller.ask('{ __schema { queryType { name } } }');
    expect(introspection.errors?.[0]?.extensions.code).toBe(isIn ? undefined : 'UNAUTHENTICATED');
  });
});

/** The code of the refusal that a stream begins with; none when it begins with anything else. */
async function codeOfStream(caller: Caller, query: string): Promise<string | undefined> {
  const abort = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream', ...caller.headers() },
    body: JSON.stringify({ query }),
    signal: abort.signal,
  });
  // Some say nothing before something happens.
  const happening = happen();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (/data: .*\n|event: complete|^\{.*\}$/m.test(text)) break;
  }
  abort.abort();
  await happening;
  return /"code":"(\w+)"/.exec(text)?.[1];
}

/** A job comes and goes. */
async function happen() {
  await bystander.get('mutation { startGeneration(input: { prompt: "a fox" }) { __typename } }');
  await bystander.get('mutation { cancelAllJobs(input: {}) { __typename } }');
}

test('no route is without a guard', () => {
  expect(ROUTES.map(({ name, guard }) => [name, guard])).toEqual([
    ['health', 'public'],
    ['API', 'operation'],
    ['files', 'read'],
    ['client', 'public'],
  ]);
});
