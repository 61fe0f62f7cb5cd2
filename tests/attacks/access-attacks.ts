import { callerAt } from '../people.ts';
import { type Attack, get, operation, type Probe, post, withKey, wordsOf } from './target.ts';

const LIST = '{ characters { totalCount } }';
const list = operation(LIST);
const QUERY = { query: LIST };
const as = (headers: Record<string, string>): Probe => post(QUERY, { as: 'anonymous', headers });
const bearer = (key: string) => as({ Authorization: `Bearer ${key}` });

const NOBODY = '401 UNAUTHENTICATED';
const write = 'mutation { createCharacter(input: { name: "x", triggerWord: "written" }) { __typename } }';
const makeKey = 'mutation { createApiKey(input: { name: "x", scopes: [READ] }) { __typename } }';
const invite = 'mutation { inviteUser(input: { role: OWNER }) { __typename } }';

const SIGN_IN = (name: string, password: string) =>
  operation(
    'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }',
    { input: { name, password } },
    { as: 'anonymous' },
  );
const rightPassword = SIGN_IN('Vera', 'correct horse battery');

export const ACCESS_ATTACKS: Attack[] = [
  { name: 'nobody', twin: list, attack: operation(LIST, {}, { as: 'anonymous' }), expected: NOBODY },
  {
    name: 'a made-up session',
    twin: list,
    attack: as({ Cookie: `isengard=${'A'.repeat(43)}` }),
    expected: NOBODY,
  },
  { name: 'a session of SQL', twin: list, attack: as({ Cookie: "isengard=' or 1=1 --" }), expected: NOBODY },
  {
    name: 'another cookie',
    twin: list,
    attack: as({ Cookie: 'session=1; admin=true; user=Olga' }),
    expected: NOBODY,
  },
  { name: 'a made-up key', twin: list, attack: bearer(`isengard_${'A'.repeat(43)}`), expected: NOBODY },
  {
    name: 'a key without its end',
    twin: list,
    attack: (target) => bearer(target.key.slice(0, -1))(target),
    expected: NOBODY,
  },
  {
    name: 'a key in upper case',
    twin: list,
    attack: (target) => bearer(target.key.toUpperCase())(target),
    expected: NOBODY,
  },
  { name: 'a key of 8 kB', twin: list, attack: bearer('a'.repeat(8000)), expected: NOBODY },
  {
    name: 'Basic',
    twin: list,
    attack: as({ Authorization: `Basic ${btoa('Olga:correct horse battery')}` }),
    expected: NOBODY,
  },
  {
    name: 'an unsigned JWT',
    twin: list,
    attack: bearer(`${btoa('{"alg":"none"}')}.${btoa('{"sub":"Olga"}')}.`),
    expected: NOBODY,
  },
  {
    name: 'a key as a cookie',
    twin: list,
    attack: (target) => as({ Cookie: `isengard=${target.key}` })(target),
    expected: NOBODY,
  },
  {
    name: 'a key in an address',
    twin: get('/graphql?query={info{name}}'),
    attack: (target) =>
      get(`/graphql?query={info{name}}&access_token=${target.key}&authorization=Bearer%20${target.key}`, {
        as: 'anonymous',
      })(target),
    expected: NOBODY,
  },
  {
    name: 'headers that say who one is',
    twin: list,
    attack: as({
      'X-User': 'Olga',
      'X-Forwarded-User': 'Olga',
      'X-Remote-User': 'Olga',
      'X-Forwarded-For': '127.0.0.1',
    }),
    expected: NOBODY,
  },
  {
    name: 'a viewer who writes',
    twin: operation(LIST, {}, { as: 'viewer' }),
    attack: operation(write, {}, { as: 'viewer' }),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'a viewer who invites',
    twin: operation(LIST, {}, { as: 'viewer' }),
    attack: operation(invite, {}, { as: 'viewer' }),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'a viewer who makes a key of an owner',
    twin: operation(makeKey, {}, { as: 'viewer' }),
    attack: operation(
      'mutation { createApiKey(input: { name: "x", scopes: [READ, ADMIN] }) { __typename } }',
      {},
      { as: 'viewer' },
    ),
    expected: '200 InvalidInput',
  },
  {
    name: 'a key that makes keys',
    twin: operation(makeKey, {}, { as: 'owner' }),
    attack: operation(makeKey),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'a key that invites',
    twin: operation(invite, {}, { as: 'owner' }),
    attack: operation(invite),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'a key that lists people',
    twin: operation('{ users { id } }', {}, { as: 'owner' }),
    attack: operation('{ users { id } }'),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'a key to read that writes',
    twin: operation(write.replace('written', 'key word')),
    attack: (target) =>
      withKey(target, ['READ'], async (caller) => {
        const answer = await caller.ask(write);
        return wordsOf(answer.status, answer);
      }),
    expected: '403 FORBIDDEN',
  },
  {
    name: 'what may not be asked, behind what may',
    twin: operation('{ access { isOn } }', {}, { as: 'anonymous' }),
    attack: operation(
      `{ access { isOn } ...F } fragment F on Query { characters { totalCount } }`,
      {},
      { as: 'anonymous' },
    ),
    expected: NOBODY,
  },
  {
    name: 'what may not be asked, skipped by a variable',
    twin: operation('{ access { isOn } }', {}, { as: 'anonymous' }),
    attack: operation(
      'query ($no: Boolean!) { access { isOn } characters @skip(if: $no) { totalCount } }',
      { no: false },
      { as: 'anonymous' },
    ),
    expected: NOBODY,
  },
  {
    name: 'a photo, by nobody',
    twin: get(({ photo }) => photo),
    twinIs: '200',
    attack: get(({ photo }) => photo, { as: 'anonymous' }),
    expected: NOBODY,
  },
  {
    name: 'a thumbnail, by nobody',
    twin: get(({ photo }) => `${photo}/256`),
    twinIs: '200',
    attack: get(({ photo }) => `${photo}/256`, { as: 'anonymous' }),
    expected: NOBODY,
  },
  {
    name: 'the playground, by nobody',
    twin: get('/graphql', { headers: { Accept: 'text/html' } }),
    twinIs: '200',
    attack: get('/graphql', { as: 'anonymous', headers: { Accept: 'text/html' } }),
    expected: '302',
  },
  {
    name: 'a wrong password',
    twin: rightPassword,
    attack: SIGN_IN('Vera', 'correct horse batterz'),
    expected: '200 WrongCredentials',
  },
  {
    name: 'a password of 100,000 characters',
    twin: rightPassword,
    attack: SIGN_IN('Vera', 'x'.repeat(100_000)),
    expected: '200 WrongCredentials',
  },
  {
    name: 'a name of SQL',
    twin: rightPassword,
    attack: SIGN_IN("Vera' --", 'correct horse battery'),
    expected: '200 WrongCredentials',
  },
  {
    name: 'U+0000 in the name of an account',
    twin: rightPassword,
    attack: SIGN_IN('Vera\0', 'correct horse battery'),
    expected: '200 WrongCredentials',
  },
  {
    name: 'a hundred passwords at once',
    twin: rightPassword,
    attack: async (target) => {
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, (_, i) => SIGN_IN('Somebody', `password number ${i}`)(target)),
      );
      return `${outcomes.filter((outcome) => outcome === '200 WrongCredentials').length} looked at`;
    },
    expected: '10 looked at',
  },
  {
    name: 'a session that somebody else planted',
    twin: list,
    attack: async ({ studio }) => {
      const planted = `isengard=${'B'.repeat(43)}`;
      const victim = callerAt(studio.url);
      const signIn =
        'mutation { signIn(input: { name: "Vera", password: "correct horse battery" }) { __typename } }';
      await victim.ask(signIn, {}, { Cookie: planted });
      const thief = await callerAt(studio.url).ask(LIST, {}, { Cookie: planted });
      return wordsOf(thief.status, thief);
    },
    expected: NOBODY,
  },
  {
    name: 'a link that is guessed',
    twin: operation('{ access { isSetUp } }', {}, { as: 'anonymous' }),
    attack: operation(
      'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }',
      { input: { secret: 'A'.repeat(43), name: 'Mallory', password: 'mallory mallory' } },
      { as: 'anonymous' },
    ),
    expected: '200 InvalidInvitation',
  },
  {
    name: 'the link of the owner, used again',
    twin: operation('{ access { isSetUp } }', {}, { as: 'anonymous' }),
    attack: async (target) => {
      const secret = target.studio.setUpUrls[0]?.split('#')[1];
      return operation(
        'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename } }',
        { input: { secret, name: 'Mallory', password: 'mallory mallory' } },
        { as: 'anonymous' },
      )(target);
    },
    expected: '200 InvalidInvitation',
  },
];
