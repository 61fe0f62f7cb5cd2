import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import {
  type HttpLine,
  httpOf,
  type Line,
  postsOf,
  recorded,
  recordingNames,
} from '#tests/stand-ins/comfyui/recordings.ts';
import { startReplay } from '#tests/stand-ins/comfyui/replay.ts';
import { EngineFailure } from '../failure.ts';
import { failureOfExecution, failureOfValidation } from './failures.ts';
import type { Graph } from './graph.ts';
import { comfyHttp } from './http.ts';
import { parseBinary, parseText } from './messages.ts';
import { progressOf } from './progress.ts';
import { runPrompt } from './prompt.ts';
import { type Ended, stateOfHistory, stateOfJob } from './prompt-state.ts';
import { closeAll, QUICK } from './runs/testing.ts';
import { comfySocket, type SocketNews } from './socket.ts';
import { stoppingOf } from './stopping.ts';

/** The driver hears what a real ComfyUI said, and makes of it what happened then. */
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await closeAll();
});

const graphOf = (post: HttpLine) => post.request?.prompt as Graph;
const idOf = (post: HttpLine) => String(post.response?.prompt_id);
const outputOf = (graph: Graph) =>
  Object.entries(graph).find(([, { class_type }]) => /^(Save|Preview)Image/.test(class_type))?.[0] ?? '';

/** Runs the prompt of a recording against a server that says what was said then. */
async function replayed(name: string, nth = 0) {
  const lines = recorded(name);
  const post = postsOf(lines)[nth];
  if (post === undefined) throw new Error(`${name} has no such prompt.`);
  const { url, close } = await startReplay(lines, post);
  closing.push(close);
  const graph = graphOf(post);
  const built = { graph, outputNode: outputOf(graph), weights: {} };
  const news: SocketNews[] = [];
  const progress = progressOf(built, 100);
  const steps: number[] = [];
  const files = await runPrompt({
    ...{ id: idOf(post), built, http: comfyHttp(url), times: QUICK },
    ...stoppingOf(comfyHttp(url), { signal: new AbortController().signal, times: QUICK }),
    socket: comfySocket({ url, clientId: 'client-a', times: QUICK, onLost: () => {} }),
    hear(heard) {
      news.push(heard);
      const now = progress(heard);
      if (now) steps.push(now.step);
    },
    log: () => {},
  }).catch((error: unknown) => {
    if (error instanceof EngineFailure) return error.code;
    throw error;
  });
  return { files, news, steps, previews: news.filter((heard) => heard.type === 'preview'), url };
}

test('success: every step of a graph of three nodes, and its one file', async () => {
  const { files, steps, url } = await replayed('success');
  expect(files).toEqual([{ filename: 'ok_00003_.png', subfolder: 'fx', type: 'output' }]);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(steps.at(-1)).toBe(99);
  const png = await comfyHttp(url).view({ filename: 'ok_00003_.png', subfolder: 'fx', type: 'output' });
  expect(await sharp(png).metadata()).toMatchObject({ width: 128, height: 96 });
  await expect(comfyHttp(url).view({ filename: 'nope.png', subfolder: '', type: 'output' })).rejects.toThrow(
    '404',
  );
});

test('cached: what was made before counts as done, and has the file of that time', async () => {
  const again = await replayed('cached', 1);
  expect(again.files).toEqual([{ filename: 'cached_00002_.png', subfolder: 'fx', type: 'output' }]);
  expect(again.steps[0]).toBe(99);
  // Another name, another file.
  expect((await replayed('cached', 2)).files).toEqual([
    expect.objectContaining({ filename: 'cached2_00002_.png' }),
  ]);
});

test('history_race: told of success before the history knew, it looked again', async () => {
  expect((await replayed('history_race')).files).toEqual([
    { filename: 'race_00095_.png', subfolder: 'fx', type: 'output' },
  ]);
});

test('execution_error: a reference that is none, memory, and a cycle', async () => {
  expect((await replayed('execution_error', 0)).files).toBe('INVALID_REFERENCE');
  expect((await replayed('execution_error', 1)).files).toBe('OUT_OF_MEMORY');
  expect((await replayed('execution_error', 2)).files).toBe('ENGINE_FAILED');
});

for (const name of ['progress_previews', 'progress_previews_legacy'])
  test(`${name}: four steps and four previews`, async () => {
    const { files, previews, steps } = await replayed(name);
    expect(files).toEqual([expect.objectContaining({ type: 'output' })]);
    expect(previews).toHaveLength(4);
    for (const preview of previews)
      expect(await sharp(preview.type === 'preview' ? preview.image : undefined).metadata()).toMatchObject({
        format: 'jpeg',
      });
    expect(new Set(steps).size).toBeGreaterThanOrEqual(4);
  });

test('save_image_websocket: final images come as previews of another type, which is told', async () => {
  const { previews } = await replayed('save_image_websocket');
  expect(previews.map((preview) => preview.type === 'preview' && preview.mimeType)).toContain('image/png');
});

test('interrupt_running, interrupt_core_nodes: who did not ask for it is told that somebody did', async () => {
  expect((await replayed('interrupt_running', 0)).files).toBe('ENGINE_INTERRUPTED');
  expect((await replayed('interrupt_running', 1)).files).toEqual([
    expect.objectContaining({ filename: 'after_00001_.png' }),
  ]);
  expect((await replayed('interrupt_core_nodes')).files).toBe('ENGINE_INTERRUPTED');
});

test('cancel_queued: the deleted one is nowhere, and told nothing but the state of the queue', async () => {
  const lines = recorded('cancel_queued');
  const [, deleted] = postsOf(lines);
  const id = deleted ? idOf(deleted) : '';
  const states = httpOf(lines, 'GET', new RegExp(`^/history/${id}`)).map(({ response }) =>
    stateOfHistory(response, id),
  );
  expect(states).toEqual([{ at: 'nowhere' }, { at: 'nowhere' }]);
  expect(messagesOf(lines).filter((message) => 'promptId' in message && message.promptId === id)).toEqual([]);
});

test('two_clients: what is of somebody else is of another prompt, or of none of ours', async () => {
  const lines = recorded('two_clients');
  const { files, news } = await replayed('two_clients', 1);
  const id = idOf(postsOf(lines)[1] as HttpLine);
  expect(files).toEqual([expect.objectContaining({ filename: 'slow_00006_.png' })]);
  const ofPrompts = news.flatMap((heard) =>
    'promptId' in heard && heard.promptId !== null ? [heard.promptId] : [],
  );
  expect(new Set(ofPrompts)).toEqual(new Set([id]));
});

test('duplicate_prompt_id: it runs twice, and with an equal number it is refused with 500', async () => {
  const posts = postsOf(recorded('duplicate_prompt_id'));
  expect(posts.map(({ status }) => status)).toEqual([200, 200, 200, 200, 500]);
  const { files, news } = await replayed('duplicate_prompt_id');
  expect(news.filter(({ type }) => type === 'started').length).toBeGreaterThanOrEqual(1);
  expect(files).toEqual([expect.objectContaining({ filename: expect.stringMatching(/^slow_/) })]);
});

test('reconnect_clean: a connection in the middle tells the node without the prompt, and then goes on', async () => {
  const messages = messagesOf(recorded('reconnect_clean'), 'A2');
  expect(messages[1]).toEqual({ type: 'executing', promptId: null, node: '2' });
  expect(messages.filter(({ type }) => type === 'progress').length).toBeGreaterThan(10);
  expect((await replayed('reconnect_clean')).files).toEqual([
    expect.objectContaining({ filename: 'slow_00016_.png' }),
  ]);
});

test('reconnect_overlap: the newer socket hears nothing more, and yet the prompt ends: found over HTTP', async () => {
  const messages = messagesOf(recorded('reconnect_overlap'), 'A2');
  expect(messages.some(({ type }) => type === 'ended')).toBe(false);
  expect((await replayed('reconnect_overlap')).files).toEqual([expect.objectContaining({ type: 'output' })]);
});

test('disconnect: nobody listens to its end, and it ends', async () => {
  expect(messagesOf(recorded('disconnect')).some(({ type }) => type === 'ended')).toBe(false);
  expect((await replayed('disconnect')).files).toEqual([expect.objectContaining({ type: 'output' })]);
});

test('server_restart: after each kind of end, neither queue nor history knows the prompts', () => {
  const lines = recorded('server_restart');
  expect(lines.flatMap((line) => (line.kind === 'ws_closed' ? [line.code] : []))).toEqual([1006, 1006, 1006]);
  const states = httpOf(lines, 'GET', /^\/history\/./).map(({ path, response }) =>
    stateOfHistory(response, path.split('/').at(-1) ?? ''),
  );
  expect(states).toEqual(Array.from({ length: 6 }, () => ({ at: 'nowhere' })));
  expect(httpOf(lines, 'GET', /^\/api\/jobs\//).map(({ status }) => status)).toEqual([404, 404, 404]);
});

test('loadimage_preview: an output of PreviewImage is a temporary file', async () => {
  expect((await replayed('loadimage_preview')).files).toEqual([
    { filename: 'ComfyUI_temp_fgpsl_00001_.png', subfolder: '', type: 'temp' },
  ]);
});

test('validation_errors: each refusal has a code, a sentence and no path', () => {
  const codes = postsOf(recorded('validation_errors')).flatMap(({ status, response }) => {
    if (response === undefined || Object.keys(response).length === 0) return [String(status)];
    const { error = null, node_errors } = response as unknown as Parameters<typeof failureOfValidation>[0] & {
      node_errors: object;
    };
    if (error === null && Object.keys(node_errors).length === 0) return ['accepted'];
    const failure = failureOfValidation({ error, nodeErrors: node_errors as never });
    expect(failure.message).not.toMatch(/traceback|File "|\/comfyui\//);
    return [failure.code];
  });
  expect(codes).toEqual([
    ...['MISSING_NODE', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED'],
    ...['ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED', 'ENGINE_FAILED'],
    ...['ENGINE_FAILED', 'INVALID_REFERENCE', 'MODEL_MISSING', '500', '403', '500', 'accepted'],
  ]);
});

test('http_misc: what the driver asks is understood', async () => {
  const lines = recorded('http_misc');
  const jobs = httpOf(lines, 'GET', /^\/api\/jobs\/nope$/);
  expect(jobs.map(({ status, response }) => [status, response])).toEqual([[404, { error: 'Job not found' }]]);
  const unknown = httpOf(lines, 'GET', /^\/history\/nope$/)[0];
  expect(stateOfHistory(unknown?.response, 'nope')).toEqual({ at: 'nowhere' });
  const replay = await startReplay(lines, httpOf(lines)[0] as HttpLine);
  closing.push(replay.close);
  const http = comfyHttp(replay.url);
  // Its answers are given once something was posted.
  await http.post({ id: 'x', clientId: 'x', graph: {} }).catch(() => {});
  expect(await http.systemStats()).toMatchObject({
    system: { comfyui_version: '0.7.0' },
    devices: [{ type: 'cpu' }],
  });
  expect(await http.maxUploadBytes()).toBe(104857600);
  expect(await http.models('checkpoints')).toEqual([]);
  expect(await http.models('nosuch')).toBeNull();
  expect(await http.load()).toBe(0);
});

/** How each prompt of a recording ended, by its history and by its job. */
const ENDS: Record<string, Ended['how'][]> = {
  success: ['succeeded', 'succeeded', 'succeeded'],
  execution_error: ['failed', 'failed', 'failed'],
  interrupt_running: ['interrupted', 'interrupted', 'interrupted'],
};

test('states: history and jobs say the same of how it ended', () => {
  for (const [name, expected] of Object.entries(ENDS)) {
    const lines = httpOf(recorded(name), 'GET', /^\/(api\/jobs|history)\/./).filter(
      ({ response }) => Object.keys(response ?? {}).length > 0,
    );
    const ends = lines.map(({ path, response }) =>
      path.startsWith('/api') ? stateOfJob(response) : stateOfHistory(response, path.split('/').at(-1) ?? ''),
    );
    expect(ends.map((state) => state.at === 'ended' && state.how)).toEqual(expected);
    for (const end of ends)
      if (end.at === 'ended' && end.how === 'failed')
        expect(failureOfExecution(end.error).message).not.toContain('/');
  }
});

/** Types of messages that were recorded and say nothing to us. */
const IGNORED = new Set(['feature_flags']);

for (const name of recordingNames)
  test(`${name}: every frame is understood, and every prompt's state`, () => {
    const lines = recorded(name);
    for (const line of lines) {
      if (line.kind !== 'ws') continue;
      if (line.type === 'text' && IGNORED.has(JSON.parse(line.text).type)) continue;
      expect(
        line.type === 'text' ? parseText(line.text) : parseBinary(Buffer.from(line.base64, 'base64')),
      ).not.toBeNull();
    }
    for (const { path, status, response } of httpOf(lines, 'GET', /^\/(api\/jobs|history)\/[^?]/)) {
      const id = path.split('/').at(-1) ?? '';
      if (status !== 200) continue;
      const state = path.startsWith('/api') ? stateOfJob(response) : stateOfHistory(response, id);
      expect(state.at).toBe(Object.keys(response ?? {}).length === 0 ? 'nowhere' : 'ended');
    }
  });

function messagesOf(lines: Line[], conn?: string) {
  return lines.flatMap((line) =>
    line.kind === 'ws' && line.type === 'text' && (conn ?? line.conn) === line.conn
      ? (parseText(line.text) ?? [])
      : [],
  );
}
