import { type Attack, type Probe, socket, subscribe } from './target.ts';

const QUERY = 'subscription { workerUpdates { id } }';
const honest = subscribe(QUERY);
const send = (...frames: (string | Buffer)[]): Probe =>
  socket(async (ws) => {
    for (const frame of frames) ws.send(frame);
    return undefined;
  });
const INIT = '{"type":"connection_init"}';
const start = (id: string, query = QUERY) => JSON.stringify({ id, type: 'subscribe', payload: { query } });
const connected = (...frames: string[]): Probe =>
  socket(async (ws, says) => {
    ws.send(INIT);
    await says();
    for (const frame of frames) ws.send(frame);
    return undefined;
  });

const attack = (name: string, hostile: Probe, expected: Attack['expected']): Attack => ({
  name,
  twin: honest,
  twinIs: 'ok',
  attack: hostile,
  expected,
});

export const SOCKET_ATTACKS: Attack[] = [
  attack('a socket of nobody', subscribe(QUERY, { as: 'anonymous' }), '4403'),
  attack(
    'a socket from a page of elsewhere',
    subscribe(QUERY, { as: 'owner', headers: { Origin: 'https://evil.example' } }),
    '403',
  ),
  attack(
    'a socket from a page without origin',
    subscribe(QUERY, { as: 'owner', headers: { Origin: 'null' } }),
    '403',
  ),
  attack('a socket for another name', subscribe(QUERY, { headers: { Host: 'evil.example' } }), '421'),
  attack(
    'a socket with a made-up key',
    subscribe(QUERY, { as: 'anonymous', headers: { Authorization: `Bearer isengard_${'A'.repeat(43)}` } }),
    '401',
  ),
  attack(
    'no protocol',
    socket(async () => undefined, { protocol: '' }),
    '4406',
  ),
  attack('no JSON', send('{'), '4400'),
  attack('JSON that is no message', send('{"type":"nonsense"}'), '4400'),
  attack('a message of bytes', send(Buffer.from([0, 1, 2, 3])), '4400'),
  attack('an operation before hello', send(start('1')), '4401'),
  attack('hello twice', send(INIT, INIT), '4429'),
  attack('silence instead of hello', send(), '4408'),
  attack('one name for two operations', connected(start('1'), start('1')), '4409'),
  attack(
    'a message of 1 MB',
    connected(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'x'.repeat(1_000_000) } })),
    '1009',
  ),
  attack(
    'a thousand subscriptions on one socket',
    socket(async (ws, says) => {
      ws.send(INIT);
      await says();
      for (let i = 0; i < 1000; i++) ws.send(start(String(i)));
      for (;;) {
        const { type, payload } = await says();
        if (type === 'error') return payload[0].extensions.code;
      }
    }),
    /^(TOO_MANY_OPERATIONS|RATE_LIMITED)$/,
  ),
  attack(
    'a viewer who writes through a socket',
    subscribe('mutation { cancelAllJobs(input: {}) { __typename } }', { as: 'viewer' }),
    'FORBIDDEN',
  ),
  attack(
    'a document too deep',
    subscribe(
      `subscription { workerUpdates ${'{ currentJobs { character '.repeat(1)}${'{ lastTraining { character '.repeat(25)}{ id }${' } }'.repeat(25)}${' } }'} }`,
    ),
    /^[A-Z_]+$/,
  ),
  attack(
    'a job that is not there',
    subscribe('subscription { jobEvents(jobId: "../../x") { cursor } }'),
    'ok',
  ),
  attack(
    'a cursor of SQL',
    subscribe(
      `subscription { jobEvents(jobId: "00000000-0000-7000-8000-000000000000", after: "' or 1=1") { cursor } }`,
    ),
    /^(ok|[A-Z_]+)$/,
  ),
];
