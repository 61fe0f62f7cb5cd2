import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Comfyui, type ComfyuiOptions, startComfyui } from './stand-ins/comfyui/comfyui.ts';
import {
  gist,
  type HttpLine,
  httpOf,
  postsOf,
  recorded,
  recordingNames,
  shapeOf,
  textsOf,
} from './stand-ins/comfyui/recordings.ts';
import { until } from './until.ts';

/** The stand-in for ComfyUI answers and tells what the real one did when it was recorded: same order, same forms. */
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function standIn(options?: ComfyuiOptions) {
  const comfyui = await startComfyui(options);
  closing.push(comfyui.close);
  return comfyui;
}

/** A socket that keeps what it is told. */
async function listener(comfyui: Comfyui, clientId: string, isNegotiating = true) {
  const socket = new WebSocket(`${comfyui.url.replace('http', 'ws')}/ws?clientId=${clientId}`);
  const told: { type: string; data: Record<string, unknown> }[] = [];
  const binary: Buffer[] = [];
  /** In order, binary frames too. */
  const gists: string[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      binary.push(data);
      gists.push(`binary ${data.readUInt32BE(0)}`);
    } else {
      told.push(JSON.parse(String(data)));
      gists.push(gist(JSON.parse(String(data))));
    }
  });
  await once(socket, 'open');
  closing.unshift(async () => socket.terminate());
  if (isNegotiating)
    socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
  await until(() => told.length >= (isNegotiating ? 2 : 1), 'it is greeted');
  return { socket, told, binary, gists };
}

const post = (comfyui: Comfyui, body: unknown) =>
  fetch(`${comfyui.url}/prompt`, { method: 'POST', body: JSON.stringify(body) });

const isOver = (id: string) => (message: { type: string; data: Record<string, unknown> }) =>
  message.type === 'executing' && message.data.node === null && message.data.prompt_id === id;

const idOf = (line: HttpLine | undefined) => String(line?.response?.prompt_id);

/** Posts the prompts of a recording as they were posted and resolves to all that their client was told. */
async function retold(name: string, options?: ComfyuiOptions & { isLegacy?: boolean; before?: string }) {
  const comfyui = await standIn(options);
  const lines = recorded(name);
  for (const { request } of options?.before ? postsOf(recorded(options.before)) : []) {
    await post(comfyui, { ...request, client_id: 'somebody' });
    await until(() => comfyui.history().size > 0, 'it is made');
  }
  const clientId = String(postsOf(lines)[0]?.request?.client_id);
  const client = await listener(comfyui, clientId, !options?.isLegacy);
  for (const line of postsOf(lines)) {
    const response = await post(comfyui, { ...line.request, prompt_id: idOf(line) });
    expect(response.status).toBe(line.status);
    if (line.status === 200) await until(() => client.told.some(isOver(idOf(line))), 'the prompt is over');
  }
  return { comfyui, lines, ...client };
}

/** Of the first connection, what was recorded of one prompt; `status` aside, which tells of others too. */
const storyOf = (gists: string[]) => gists.filter((line) => !/^(status|feature_flags)/.test(line));

test('success, cached, loadimage_preview: each message, in its order', async () => {
  const image = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  for (const name of ['success', 'cached', 'loadimage_preview']) {
    const comfyui = await standIn();
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(image)]), 'small.png');
    form.set('subfolder', 'mine');
    await fetch(`${comfyui.url}/upload/image`, { method: 'POST', body: form });
    const lines = recorded(name);
    const { told, gists } = await listener(comfyui, 'client-a');
    for (const line of postsOf(lines)) {
      await post(comfyui, line.request && { ...line.request, prompt_id: idOf(line) });
      await until(() => told.some(isOver(idOf(line))), 'the prompt is over');
    }
    expect(storyOf(gists)).toEqual(storyOf(textsOf(lines).map(gist)));
    for (const message of textsOf(lines).filter(
      ({ type }) => type === 'executed' || type.startsWith('execution_'),
    ))
      expect(told.map(shapeOf)).toContainEqual(shapeOf(message));
  }
});

for (const [name, isLegacy] of [
  ['progress_previews', false],
  ['progress_previews_legacy', true],
] as const)
  test(`${name}: previews in the framing that was negotiated, between the same messages`, async () => {
    // Recorded one after the other: the second time the first node was cached.
    const { gists, lines } = await retold(name, {
      before: isLegacy ? 'progress_previews' : undefined,
      isLegacy,
      faults: { legacyPreviews: isLegacy },
    });
    const then = lines.flatMap((line) =>
      line.kind !== 'ws'
        ? []
        : line.type === 'text'
          ? [gist(JSON.parse(line.text))]
          : [`binary ${Buffer.from(line.base64, 'base64').readUInt32BE(0)}`],
    );
    expect(new Set(storyOf(gists))).toEqual(new Set(storyOf(then)));
    expect(storyOf(gists).filter((line) => line.startsWith('binary'))).toHaveLength(4);
  });

test('execution_error: the message has its form, and the history and the job say so', async () => {
  const lines = recorded('execution_error');
  const [, second] = postsOf(lines);
  const graph = JSON.parse(JSON.stringify(second?.request?.prompt).replace('FixtureFail', 'ImageInvert'));
  delete graph['2'].inputs.message;
  const fail = { classType: 'ImageInvert', type: 'ValueError', message: 'CUDA out of memory (made up)' };
  const comfyui = await standIn({ faults: { fail } });
  const { told } = await listener(comfyui, 'client-a');
  await post(comfyui, { prompt: graph, client_id: 'client-a', prompt_id: idOf(second) });
  await until(() => told.some(isOver(idOf(second))), 'it is over');
  const error = textsOf(lines).filter(({ type }) => type === 'execution_error')[1];
  const mine = told.find(({ type }) => type === 'execution_error');
  expect(Object.keys(mine?.data ?? {}).toSorted()).toEqual(Object.keys(error?.data ?? {}).toSorted());
  const [then] = httpOf(lines, 'GET', new RegExp(`^/history/${idOf(second)}`));
  const entry = await (await fetch(`${comfyui.url}/history/${idOf(second)}`)).json();
  expect(Object.keys(entry[idOf(second)])).toEqual(
    Object.keys((then?.response?.[idOf(second)] ?? {}) as object),
  );
  const job = await (await fetch(`${comfyui.url}/api/jobs/${idOf(second)}`)).json();
  const recordedJob = httpOf(lines, 'GET', /^\/api\/jobs/)[0]?.response ?? {};
  expect(Object.keys(job).toSorted()).toEqual(Object.keys(recordedJob).toSorted());
});

test('interrupt_running, interrupt_core_nodes: at the next step, or only between nodes', async () => {
  for (const [interruptsBetweenNodes, node] of [
    [false, '2'],
    [true, '3'],
  ] as const) {
    const comfyui = await standIn({ faults: { stepMs: 20, interruptsBetweenNodes } });
    const lines = recorded('interrupt_running');
    const [first] = postsOf(lines);
    const { told } = await listener(comfyui, 'client-a');
    await post(comfyui, { ...first?.request, prompt_id: idOf(first) });
    await until(() => told.some(({ type }) => type === 'progress'), 'it steps');
    // Of another prompt, which is ignored.
    await fetch(`${comfyui.url}/interrupt`, {
      method: 'POST',
      body: JSON.stringify({ prompt_id: crypto.randomUUID() }),
    });
    await fetch(`${comfyui.url}/interrupt`, {
      method: 'POST',
      body: JSON.stringify({ prompt_id: idOf(first) }),
    });
    await until(() => told.some(isOver(idOf(first))), 'it is over');
    const then = textsOf(lines).find(({ type }) => type === 'execution_interrupted');
    const now = told.find(({ type }) => type === 'execution_interrupted');
    expect(shapeOf(now)).toEqual(shapeOf(then));
    expect(now?.data.node_id).toBe(node);
  }
});

test('cancel_queued: what waits is deleted without a word, what runs is not', async () => {
  const comfyui = await standIn({ faults: { stepMs: 30 } });
  const lines = recorded('cancel_queued');
  const posts = postsOf(lines);
  const { told } = await listener(comfyui, 'client-a');
  for (const line of posts) await post(comfyui, { ...line.request, prompt_id: idOf(line) });
  const [running, deleted, waiting] = posts.map(idOf);
  const queue = await (await fetch(`${comfyui.url}/queue`)).json();
  expect(shapeOf(queue)).toEqual(shapeOf(httpOf(lines, 'GET', /^\/queue/)[0]?.response));
  for (const id of [deleted, running])
    await fetch(`${comfyui.url}/queue`, { method: 'POST', body: JSON.stringify({ delete: [id] }) });
  const jobs = await (await fetch(`${comfyui.url}/api/jobs?status=pending,in_progress`)).json();
  expect(jobs.jobs.map((job: { id: string; status: string }) => [job.id, job.status])).toEqual([
    [waiting, 'pending'],
    [running, 'in_progress'],
  ]);
  await until(() => told.some(isOver(String(waiting))), 'the last one is over', { seconds: 30 });
  expect(told.filter(({ data }) => data.prompt_id === deleted)).toEqual([]);
  expect((await fetch(`${comfyui.url}/api/jobs/${deleted}`)).status).toBe(404);
  expect(await (await fetch(`${comfyui.url}/history/${deleted}`)).json()).toEqual({});
});

test('two_clients: each hears of its own prompts, without a client nobody, and front comes first', async () => {
  const comfyui = await standIn({ faults: { stepMs: 10 } });
  const posts = postsOf(recorded('two_clients'));
  const [a, b] = [await listener(comfyui, 'client-a'), await listener(comfyui, 'client-b')];
  for (const line of posts.slice(0, 3)) await post(comfyui, { ...line.request, prompt_id: idOf(line) });
  await until(() => comfyui.history().size === 3, 'they are made');
  const startsOf = ({ told }: typeof a) =>
    told.flatMap(({ type, data }) => (type === 'execution_start' ? [data.prompt_id] : []));
  expect([startsOf(a), startsOf(b)]).toEqual([[idOf(posts[0])], [idOf(posts[1])]]);
  for (const line of posts.slice(4)) await post(comfyui, { ...line.request, prompt_id: idOf(line) });
  await until(() => comfyui.history().size === 6, 'they are made');
  const [x, y, z] = posts.slice(4).map(idOf);
  expect(startsOf(a).slice(1)).toEqual([x, z, y]);
});

test('duplicate_prompt_id: it runs twice; with an equal number it is refused as then', async () => {
  const comfyui = await standIn({ faults: { stepMs: 10 } });
  const posts = postsOf(recorded('duplicate_prompt_id'));
  const statuses: number[] = [];
  for (const line of posts)
    statuses.push(
      (await post(comfyui, { ...line.request, prompt_id: String(line.request?.prompt_id) })).status,
    );
  expect(statuses).toEqual(posts.map(({ status }) => status));
});

test('reconnect_clean, reconnect_overlap, disconnect: where it is, deaf, and running on', async () => {
  const comfyui = await standIn({ faults: { stepMs: 25 } });
  const [line] = postsOf(recorded('reconnect_clean'));
  const first = await listener(comfyui, 'client-a');
  await post(comfyui, { ...line?.request, prompt_id: idOf(line) });
  await until(() => first.told.some(({ type }) => type === 'progress'), 'it steps');
  // Overlapping: the second is open when the first one ends.
  const second = await listener(comfyui, 'client-a', false);
  const greeting = textsOf(recorded('reconnect_overlap'), 'A2').slice(0, 2);
  expect(second.told.slice(0, 2).map(shapeOf)).toEqual(greeting.map(shapeOf));
  first.socket.close();
  await once(first.socket, 'close');
  await until(() => comfyui.sockets() === 1, 'the first one is gone');
  const heard = second.told.length;
  await until(() => comfyui.history().has(idOf(line)), 'it ends, though nobody hears of it');
  expect(second.told.length - heard).toBeLessThanOrEqual(1);
  expect(second.socket.readyState).toBe(WebSocket.OPEN);
});

test('history_race: empty right after execution_success, there after executing null', async () => {
  const comfyui = await standIn({ faults: { historyLagMs: 150 } });
  const [line] = postsOf(recorded('history_race'));
  const { told } = await listener(comfyui, 'client-a');
  await post(comfyui, { ...line?.request, prompt_id: idOf(line) });
  await until(() => told.some(({ type }) => type === 'execution_success'), 'success is told');
  const history = async () => (await fetch(`${comfyui.url}/history/${idOf(line)}`)).json();
  expect(await history()).toEqual({});
  await until(() => told.some(isOver(idOf(line))), 'it is over');
  expect(Object.keys(await history())).toEqual([idOf(line)]);
});

test('bench.json: the history was empty after success at times, and never after executing null', async () => {
  const bench: Record<string, { history_empty_after_success: number; history_empty_after_null: number }> =
    JSON.parse(await readFile(join(import.meta.dirname, 'fixtures/comfyui/bench.json'), 'utf8'));
  const runs = Object.values(bench);
  expect(runs.reduce((sum, run) => sum + run.history_empty_after_success, 0)).toBe(22);
  expect(runs.reduce((sum, run) => sum + run.history_empty_after_null, 0)).toBe(0);
  // So does the stand-in, without any fault: who waits for the null finds it.
  const comfyui = await standIn();
  const { told } = await listener(comfyui, 'client-a');
  const [line] = postsOf(recorded('history_race'));
  for (let i = 0; i < 20; i++) {
    const id = crypto.randomUUID();
    await post(comfyui, { ...line?.request, prompt_id: id });
    await until(() => told.some(isOver(id)), 'it is over');
    expect(Object.keys(await (await fetch(`${comfyui.url}/history/${id}`)).json())).toEqual([id]);
  }
});

test('server_restart: sockets end with 1006, nothing is known any more, counters begin at 0', async () => {
  const comfyui = await standIn({ faults: { stepMs: 50 } });
  const lines = recorded('server_restart');
  const [first, second] = postsOf(lines);
  const { socket } = await listener(comfyui, 'client-a');
  for (const line of [first, second]) await post(comfyui, { ...line?.request, prompt_id: idOf(line) });
  const closed = once(socket, 'close');
  const restarted = comfyui.restart(50);
  const [code] = await closed;
  expect(lines).toContainEqual(expect.objectContaining({ kind: 'ws_closed', code }));
  await restarted;
  for (const { path, status, response } of httpOf(lines, 'GET').slice(0, 5)) {
    const answer = await fetch(`${comfyui.url}${path}`);
    expect([answer.status, await answer.json()]).toEqual([status, response]);
  }
  const { number } = await (await post(comfyui, { ...first?.request })).json();
  expect(number).toBe(0);
});

test('http_misc, validation_errors, success: each answer has its status, type and form', async () => {
  for (const name of ['http_misc', 'validation_errors', 'success']) {
    const comfyui = await standIn();
    for (const line of httpOf(recorded(name))) {
      // What depends on prompts of before, or on files of theirs.
      if (
        /max_items|limit=|^\/(view|extensions|history\/.*-)|^\/api\/jobs\/.*-/.test(line.path) ||
        line.status === 403
      )
        continue;
      const form = new FormData();
      for (const [key, value] of Object.entries(line.request_form ?? {}))
        form.set(key, key === 'image' ? new File(['png'], 'up.png') : value);
      const answer = await fetch(`${comfyui.url}${line.path}`, {
        method: line.method,
        ...(line.method === 'POST' && {
          body: line.request_form ? form : line.request ? JSON.stringify(line.request) : 'no JSON',
        }),
      });
      const title = `${name}: ${line.method} ${line.path}`;
      expect([title, answer.status, answer.headers.get('content-type')]).toEqual([
        title,
        line.status,
        line.content_type,
      ]);
      // Those of the recording had no models yet, and another set of node packs.
      const isAlike = line.response && !/^\/(models|object_info)/.test(line.path);
      if (isAlike) expect([title, shapeOf(await answer.json())]).toEqual([title, shapeOf(line.response)]);
    }
  }
});

test('a foreign Origin is refused, over HTTP and on the socket', async () => {
  const comfyui = await standIn();
  const origin = 'http://evil.example';
  const { status } = await fetch(`${comfyui.url}/prompt`, {
    method: 'POST',
    headers: { origin },
    body: '{}',
  });
  expect(status).toBe(403);
  const socket = new WebSocket(`${comfyui.url.replace('http', 'ws')}/ws`, { origin });
  const [error] = await once(socket, 'error');
  expect(String(error)).toMatch(/hang up|403/);
});

test('as a process it prints its address, and ends with its channel', async () => {
  const child = fork(join(import.meta.dirname, 'stand-ins/comfyui/main.ts'), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = await once(child.stdout ?? child, 'data');
  expect((await fetch(`${String(line).trim()}/system_stats`)).status).toBe(200);
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
});

test('every recording is used by a test, by its name', async () => {
  const folder = join(import.meta.dirname, 'fixtures/comfyui');
  const names = [...recordingNames, 'bench.json', 'head_of_line.json'];
  const sources = await Promise.all(
    [
      'comfyui-stand-in.test.ts',
      'comfyui-validate.test.ts',
      '../server/engines/comfyui/recordings.test.ts',
      '../server/engines/comfyui/socket.test.ts',
    ].map((path) => readFile(join(import.meta.dirname, path), 'utf8')),
  );
  for (const name of names) expect([name, sources.some((text) => text.includes(name))]).toEqual([name, true]);
  const files = (await readdir(folder))
    .filter((name) => /\.json/.test(name))
    .map((name) => name.replace(/\.jsonl$/, ''));
  const others = ['object_info_names.json', 'object_info_packs_subset.json', 'object_info_subset.json'];
  expect(files.toSorted()).toEqual([...names, ...others].toSorted());
});
