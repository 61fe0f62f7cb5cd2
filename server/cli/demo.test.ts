import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { accept, callerAt, createKey } from '#tests/people.ts';
import { realPhotos } from '#tests/pictures.ts';
import { processesOf } from '#tests/processes.ts';
import { type Studio, startStudio } from '#tests/studio.ts';
import { until } from '#tests/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let studio: Studio;
let photos: string;
let out: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  studio = await startStudio();
  photos = await mkdtemp(join(tmpdir(), 'isengard-demo-photos-'));
  for (const { name, bytes } of (await realPhotos()).slice(0, 5)) await writeFile(join(photos, name), bytes);
  await writeFile(join(photos, 'broken.jpg'), 'not a picture');
  await writeFile(join(photos, 'notes.txt'), 'not even called one');
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await rm(photos, { recursive: true });
});
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'isengard-demo-out-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(out, { recursive: true });
});

function command(name: 'demo' | 'seed', args: string[], env: NodeJS.ProcessEnv = {}) {
  const script = join(import.meta.dirname, `${name}.ts`);
  const { DATABASE_URL: _, NODE_ENV: __, INIT_CWD: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: out, env: { ...inherited, ...env } });
  running.add(child);
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, ...said };
  });
  return { child, said, ended };
}

const demo = (args: string[], env?: NodeJS.ProcessEnv) => command('demo', args, env);
const at = (url = studio.url) => ['--url', url];

test('photos become a LoRA and four images on disk, and a second run goes on with the character', async () => {
  const first = await demo([photos, '--name', 'Mara', '--steps', '20', ...at()]).ended;
  expect(first).toMatchObject({ code: 0, errors: '' });
  expect(first.output).toContain('trigger word "mara"');
  expect(first.output).toContain('✗ broken.jpg  This file is not an image');
  expect(first.output.match(/✓/g)).toHaveLength(5);
  expect(first.output).not.toContain('notes.txt');

  const files = (await readdir(join(out, 'demo-output/Mara'))).sort();
  expect(files.map((name) => name.replace(/seed-\d+/, 'seed'))).toEqual([
    'mara-v1.safetensors',
    ...[1, 2, 3, 4].map((i) => `v1-image-${i}-seed.png`),
  ]);
  for (const name of files) expect(first.output).toContain(join('demo-output/Mara', name));
  const picture = await sharp(await readFile(join(out, 'demo-output/Mara', files[1] ?? ''))).metadata();
  expect(picture.format).toBe('png');

  const second = await demo([photos, '--name', 'Mara', '--steps', '20', '--out', 'again', ...at()]).ended;
  expect(second).toMatchObject({ code: 0, errors: '' });
  expect(second.output).toContain('Mara is there already');
  expect(second.output.match(/is there already\n/g)).toHaveLength(5);
  expect(await readdir(join(out, 'again'))).toContain('mara-v2.safetensors');
});

test('a trigger word that somebody else has is passed over', async () => {
  const create = `mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) { __typename } }`;
  await studio.graphql(create, { input: { name: 'Another Nora', triggerWord: 'Nora' } });
  const { code, output } = await demo([photos, '--name', 'Nora', '--steps', '5', ...at()]).ended;
  expect(output).toContain('The trigger word "nora" belongs to Another Nora already; trying another.');
  expect(output).toContain('trigger word "nora_2"');
  expect(code).toBe(0);
});

test('a connection that is lost again and again neither stops it nor shows a step twice', async () => {
  const proxy = await cuttingProxy(studio.url);
  const { code, output, errors } = await demo([photos, '--name', 'Ida', '--steps', '150', ...at(proxy.url)])
    .ended;
  proxy.close();
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(proxy.cuts()).toBeGreaterThan(1);
  const steps = [...output.matchAll(/Training: step (\d+) of 150/g)].map(([, step]) => Number(step));
  expect(steps.at(-1)).toBe(150);
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
});

/** Passes everything on, and cuts each WebSocket after 700 ms. */
async function cuttingProxy(target: string) {
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(Number(new URL(target).port), 'localhost');
    const cut = () => {
      from.destroy();
      to.destroy();
    };
    sockets.add(from);
    from.on('error', cut).on('close', () => to.destroy());
    to.on('error', cut).on('close', () => from.destroy());
    from.on('data', (chunk) => {
      to.write(chunk);
      if (!/upgrade: websocket/i.test(chunk.toString('latin1'))) return;
      cuts++;
      setTimeout(cut, 700);
    });
    to.pipe(from);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test('Ctrl-C cancels the training and then ends', async () => {
  const { child, said, ended } = demo([photos, '--name', 'Ulla', '--steps', '20000', ...at()]);
  await until(() => said.output.includes('Training: training'), 'the training runs');
  child.kill('SIGINT');
  const { code, output, errors } = await ended;
  expect({ code, errors }).toEqual({ code: 130, errors: 'Cancelled.\n' });
  expect(output).toContain('Training: cancelled');
  const { jobs } = await studio.graphql('{ jobs(first: 1) { edges { node { title state } } } }');
  expect(jobs.edges[0].node).toEqual({ title: 'Ulla · training 1', state: 'CANCELLED' });
});

test('where nothing runs it starts an installation of its own, and stops it after', async () => {
  const volume = await mkdtemp(join(tmpdir(), 'isengard-demo-volume-'));
  const environment = { VOLUME_ROOT: volume, PORT: String(await freePort()), FAST_TEST_STEP_MS: '1' };
  const { code, output, errors } = await demo([photos, '--name', 'Rex', '--steps', '5'], environment).ended;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toMatch(/^Nothing answers at \S+ \(ECONNREFUSED\)\. Starting one …\n/);
  expect(processesOf(volume)).toEqual([]);
  await rm(volume, { recursive: true });
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test.each([
  ['no folder is given', () => [], /^Usage: npm run demo/],
  ['an option is not known', () => [photos, '--nam', 'x'], /^Unknown option '--nam'/],
  ['the folder is not there', () => ['/nowhere'], /^The folder \/nowhere cannot be read \(ENOENT\)\.\n$/],
  ['there is no photo in it', () => [out], /^There is no photo in \S+: put JPEG[^\n]+\n$/],
  [
    'nothing answers at the address',
    () => [photos, ...at('http://localhost:2')],
    /^Nothing answers at \S+ \(\w+\)\.\n$/,
  ],
  [
    'the steps are out of bounds',
    () => [photos, '--steps', '99999999', ...at()],
    /steps: Must be from 1 to 20000 steps/,
  ],
])('when %s, it says so', async (_, args, sentence) => {
  const { code, errors } = await demo(args()).ended;
  expect(errors).toMatch(sentence);
  expect(code).toBe(1);
});

test('the seed leaves three characters and a dozen images of several shapes, and a second one adds nothing', async () => {
  const seeded = await command('seed', at()).ended;
  expect(seeded).toMatchObject({ code: 0, errors: '' });
  const look = `{ characters(search: "i", first: 100) { edges { node { name imageCount loraCount } } }
    outputs(first: 100) { edges { node { id width height generation { prompt } } } } }`;
  const before = await studio.graphql(look);
  const names = before.characters.edges.map(({ node }: { node: { name: string } }) => node.name);
  expect(names).toEqual(expect.arrayContaining(['Old Light', 'Windrose']));
  type Node = { width: number; height: number; generation: { prompt: string } };
  const shapes = before.outputs.edges
    .map(({ node }: { node: Node }) => node)
    .filter(({ generation }: Node) => /rusty|old_light|windrose/.test(generation.prompt))
    .map(({ width, height }: Node) => width / height);
  expect(shapes).toHaveLength(12);
  expect(new Set(shapes).size).toBe(4);

  expect(await command('seed', at()).ended).toMatchObject({ code: 0, errors: '' });
  expect(await studio.graphql(look)).toEqual(before);
});

test('where people have accounts it comes with an API key, and says so without one', async () => {
  await using guarded = await startStudio({ env: { ISENGARD_AUTH: 'on' } });
  const refused = await demo([photos, ...at(guarded.url)]).ended;
  expect(refused.code).toBe(1);
  expect(refused.errors).toMatch(
    /^http:\S+ is for those who have an API key: [^\n]+ISENGARD_API_KEY to it\.\n$/,
  );

  const owner = callerAt(guarded.url);
  await accept(owner, { secret: guarded.setUpUrls[0]?.split('#')[1], name: 'Olga' });
  const { secret } = await createKey(owner, { scopes: ['READ', 'WRITE_CHARACTERS', 'WRITE_JOBS'] });
  const done = await demo([photos, '--steps', '20', ...at(guarded.url)], { ISENGARD_API_KEY: secret }).ended;
  expect(done).toMatchObject({ code: 0, errors: '' });
  expect(done.output).not.toContain(secret);
});
