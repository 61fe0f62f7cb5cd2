import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, callerAt, createKey } from '../people.ts';
import { realPhotos } from '../pictures.ts';
import { type Studio, startStudio } from '../studio.ts';
import { until } from '../until.ts';
import { filesBelow, multipartBody, uploadFields } from '../uploads.ts';
import { ACCESS_ATTACKS } from './access-attacks.ts';
import { FILE_ATTACKS } from './file-attacks.ts';
import { GRAPHQL_ATTACKS } from './graphql-attacks.ts';
import { HTTP_ATTACKS } from './http-attacks.ts';
import type { Report } from './innocent.ts';
import { LORA_ATTACKS } from './lora-attacks.ts';
import { SOCKET_ATTACKS } from './socket-attacks.ts';
import { multipart, type Target } from './target.ts';
import { UPLOAD_ATTACKS } from './upload-attacks.ts';

const ATTACKS = {
  'documents and variables': GRAPHQL_ATTACKS,
  'HTTP requests': HTTP_ATTACKS,
  'who one claims to be': ACCESS_ATTACKS,
  uploads: UPLOAD_ATTACKS,
  LoRAs: LORA_ATTACKS,
  'paths of files': FILE_ATTACKS,
  sockets: SOCKET_ATTACKS,
};

/** More than any attack makes it need, and much less than what each of them would take if it were not bounded. */
const MAX_GROWTH_MB = 300;

let studio: Studio;
let target: Target;
let innocent: Worker;
let memoryBefore: number;
let most = 0;
let watch: NodeJS.Timeout;

async function residentMegabytes() {
  const status = await readFile(`/proc/${studio.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

beforeAll(async () => {
  studio = await startStudio({ worker: false, client: true, env: { ISENGARD_AUTH: 'on', ...LIMITS } });
  const owner = callerAt(studio.url);
  await accept(owner, { secret: studio.setUpUrls[0]?.split('#')[1], name: 'Olga' });
  const invited = await owner.get(
    'mutation { inviteUser(input: { role: VIEWER }) { ... on InviteUserSuccess { invitation { url } } } }',
  );
  const viewer = callerAt(studio.url);
  await accept(viewer, { secret: invited.inviteUser.invitation.url.split('#')[1], name: 'Vera' });
  const scopes = ['READ', 'WRITE_CHARACTERS', 'WRITE_LORAS', 'WRITE_JOBS', 'ADMIN'];
  const { secret: key } = await createKey(owner, { scopes });
  const { createCharacter } = await owner.get(
    'mutation { createCharacter(input: { name: "Mara", triggerWord: "mara7" }) { ... on CreateCharacterSuccess { character { id } } } }',
  );
  const characterId = createCharacter.character.id;
  target = { studio, owner, viewer, anonymous: callerAt(studio.url), key, characterId, photo: '' };
  const [photo] = await realPhotos();
  const body = multipartBody([
    ...uploadFields(characterId, 1),
    { name: '0', fileName: 'a.jpg', bytes: photo?.bytes ?? Buffer.alloc(0) },
  ]);
  expect(await multipart(() => body)(target)).toBe('200 ImageAccepted');
  const { character } = await owner.get(
    `{ character(id: "${characterId}") { images { edges { node { url } } } } }`,
  );
  target.photo = character.images.edges[0].node.url;

  innocent = new Worker(new URL('./innocent.ts', import.meta.url), {
    workerData: {
      url: studio.url,
      key: (await createKey(owner, { scopes: ['READ'] })).secret,
      photo: target.photo,
    },
  });
  memoryBefore = await residentMegabytes();
  watch = setInterval(async () => {
    most = Math.max(most, await residentMegabytes().catch(() => 0));
  }, 100);
}, 120_000);

afterAll(async () => {
  clearInterval(watch);
  await innocent?.terminate();
  await studio?.stop();
});

/** The machine that tests is one address, and so is one user of it: what bounds how often is asked has tests of its own. */
const LIMITS = { RATE_LIMIT: '0', FILE_RATE_LIMIT: '0' };

describe.each(Object.entries(ATTACKS))('%s', (_, attacks) => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))(
    '%s',
    async (_name, { twin, attack, expected, twinIs = '200 ok' }) => {
      expect(await twin(target)).toBe(twinIs);
      const outcome = await attack(target);
      if (typeof expected === 'string') expect(outcome).toBe(expected);
      else expect(outcome).toMatch(expected);
    },
    60_000,
  );
});

test('there are a hundred and more', () => {
  const names = Object.values(ATTACKS).flatMap((attacks) => attacks.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(100);
});

test('meanwhile nobody else waited for longer than a second, and nothing failed', async () => {
  innocent.postMessage('end');
  const [report] = (await once(innocent, 'message')) as [Report];
  expect(report.failures).toEqual([]);
  expect(report.count).toBeGreaterThan(100);
  expect(report.slowestMs).toBeLessThan(1000);
});

test('the server is the same, has not grown, and nothing lies about', async () => {
  expect(studio.crashes).toEqual([]);
  expect(studio.process.exitCode).toBeNull();
  expect(most - memoryBefore).toBeLessThan(MAX_GROWTH_MB);
  await until(
    async () => (await filesBelow(join(studio.volume, 'cache', 'tmp'))).length === 0,
    'no temporary file is left',
  );
  const { characters } = await target.owner.get('{ characters { edges { node { name imageCount } } } }');
  expect(characters.edges.map(({ node }: { node: { name: string } }) => node.name)).toContain('Mara');
});
