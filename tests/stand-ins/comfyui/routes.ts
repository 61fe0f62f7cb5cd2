import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import sharp from 'sharp';
import type { StandInGraph } from './evaluation.ts';
import type { Faults } from './faults.ts';
import type { installation } from './installation.ts';
import { jobOf, jobsOf } from './jobs.ts';
import type { promptQueue } from './queue.ts';
import { FEATURES } from './sockets.ts';
import { validate } from './validate.ts';

type Life = { queue: ReturnType<typeof promptQueue>; counter: number };
type Asked = {
  request: IncomingMessage;
  path: string;
  isApi: boolean;
  body: Buffer;
  faults: Faults;
  installed: Awaited<ReturnType<typeof installation>>;
  files: Map<string, Buffer>;
  keep(key: string, bytes: Buffer): Promise<void>;
  life: Life;
  maxUploadBytes: number;
};
type Answer = { status: number; headers: OutgoingHttpHeaders; body: Buffer | string } | 'cut';

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
const plain = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});
const empty = (status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/octet-stream' },
  body: '',
});
const TROUBLE = plain(500, '500 Internal Server Error\n\nServer got itself in trouble');

export async function answerTo(asked: Asked): Promise<Answer> {
  const { request, path, body, maxUploadBytes } = asked;
  const { origin, host } = request.headers;
  if (origin !== undefined && new URL(origin).host !== host) return { status: 403, headers: {}, body: '' };
  if (body.length > maxUploadBytes) return plain(413, `Maximum request body size ${maxUploadBytes} exceeded`);
  const url = new URL(path, 'http://comfyui');
  try {
    return request.method === 'POST' ? await post(asked, url) : await get(asked, url);
  } catch {
    return TROUBLE;
  }
}

async function get(
  { installed, life, isApi, faults, files, maxUploadBytes }: Asked,
  url: URL,
): Promise<Answer> {
  const { queue } = life;
  const [, route = '', rest = ''] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
  switch (route) {
    case 'system_stats':
      return json({ system: SYSTEM, devices: DEVICES });
    case 'features':
      return json({ ...FEATURES, max_upload_size: maxUploadBytes });
    case 'prompt':
      return json({ exec_info: { queue_remaining: queue.remaining() } });
    case 'queue':
      return json(faults.namesStates ? { queue_running: [], queue_pending: [] } : queue.queued());
    case 'embeddings':
    case 'extensions':
      return json([]);
    case 'object_info': {
      const info = installed.objectInfo();
      return json(rest === '' ? info : rest in info ? { [rest]: info[rest] } : {});
    }
    case 'models': {
      if (rest === '') return json(installed.folders());
      return installed.folders().includes(rest) ? json(installed.models(rest)) : empty(404);
    }
    case 'history': {
      if (rest === '') return json(Object.fromEntries(queue.history));
      const entry = queue.history.get(rest);
      return json(entry ? { [rest]: entry } : {});
    }
    case 'jobs': {
      if (!isApi || faults.withoutJobs) break;
      if (rest === '') return jobsOf(queue, url.searchParams, json);
      const job = jobOf(queue, rest);
      if (job === null) return json({ error: 'Job not found' }, 404);
      return json(
        faults.namesStates && job.status === 'in_progress' ? { ...job, status: 'warming_up' } : job,
      );
    }
    case 'view':
      return view(url.searchParams, files, faults);
  }
  return plain(404, '404: Not Found');
}

async function view(query: URLSearchParams, files: Map<string, Buffer>, faults: Faults): Promise<Answer> {
  const [filename, subfolder, type] = ['filename', 'subfolder', 'type'].map((name) => query.get(name) ?? '');
  if (filename?.startsWith('/') || filename?.includes('..')) return empty(400);
  if (subfolder?.split('/').includes('..')) return empty(403);
  const file = files.get(`${type || 'output'}/${subfolder}/${filename}`);
  if (file === undefined || faults.loseOutputs) return empty(404);
  const headers = { 'content-type': 'image/png', 'content-disposition': `filename="${filename}"` };
  if (query.get('preview')?.startsWith('webp')) {
    const webp = await sharp(file).webp({ quality: 80 }).toBuffer();
    return { status: 200, headers: { ...headers, 'content-type': 'image/webp' }, body: webp };
  }
  return { status: 200, headers, body: faults.cutOutputs ? file.subarray(0, file.length >> 1) : file };
}

async function post(asked: Asked, url: URL): Promise<Answer> {
  const { body, life, isApi, faults } = asked;
  const { queue } = life;
  const read = () => (body.length === 0 ? {} : JSON.parse(body.toString()));
  switch (url.pathname) {
    case '/prompt':
      return postPrompt(asked, JSON.parse(body.toString()));
    case '/queue': {
      const { delete: ids, clear } = read();
      if (clear) queue.clear();
      if (ids && faults.missCancels-- <= 0) queue.remove(ids);
      return empty();
    }
    case '/interrupt':
      if (faults.missCancels-- <= 0) queue.interrupt(read().prompt_id);
      return empty();
    case '/history': {
      const { delete: ids = [], clear } = read();
      if (clear) queue.history.clear();
      for (const id of ids) queue.history.delete(id);
      return empty();
    }
    case '/free':
      return empty();
    case '/upload/image':
    case '/upload/mask':
      return upload(asked);
  }
  const [, id] = /^\/jobs\/([^/]+)\/cancel$/.exec(url.pathname) ?? [];
  if (id === undefined) return plain(405, '405: Method Not Allowed');
  if (!isApi || !faults.hasCancel) return plain(405, '405: Method Not Allowed');
  const before = jobOf(queue, id)?.status;
  queue.remove([id]);
  queue.interrupt(id);
  return json({ cancelled: before === 'pending' || before === 'in_progress' });
}

type PromptBody = {
  prompt?: StandInGraph;
  prompt_id?: string | null;
  client_id?: string;
  number?: number;
  front?: boolean;
  extra_data?: Record<string, unknown>;
};

function postPrompt({ installed, life, faults, files }: Asked, asked: PromptBody): Answer {
  if (faults.failPosts-- > 0) return TROUBLE;
  const { prompt, prompt_id, client_id } = asked;
  const count = life.counter++;
  const number = asked.number ?? (asked.front ? -count : count);
  if (prompt === undefined)
    return json(
      { error: problem('no_prompt', 'No prompt provided', 'No prompt provided'), node_errors: {} },
      400,
    );
  if (Array.isArray(prompt)) return TROUBLE;
  const { error, node_errors, outputs } = validate(
    prompt,
    installed.objectInfo(),
    (name) => files.has(`input/${name}`) || files.has(`input//${name}`),
  );
  if (error) return json({ error, node_errors }, 400);
  const id = prompt_id === undefined ? crypto.randomUUID() : String(prompt_id ?? 'None');
  const { queue_running, queue_pending } = life.queue.queued();
  // Equal numbers make it compare ids, and then graphs, which cannot be compared.
  if ([...queue_running, ...queue_pending].some(([other, same]) => other === number && same === id))
    return TROUBLE;
  const extra = {
    ...asked.extra_data,
    ...(client_id !== undefined && { client_id }),
    create_time: Date.now(),
  };
  life.queue.add([number, id, prompt, extra, outputs]);
  if (faults.loseAnswers-- > 0) return 'cut';
  if (faults.garbleAnswers-- > 0) return plain(200, 'accepted');
  return json({ prompt_id: id, number, node_errors: faults.nodeErrors ? DROPPED : node_errors });
}

const problem = (type: string, message: string, details: string) => ({
  ...{ type, message, details, extra_info: {} },
});

/** As recorded of an output that is left out. */
const DROPPED = {
  '5': {
    errors: [
      {
        type: 'return_type_mismatch',
        message: 'Return type mismatch between linked nodes',
        details: 'images, received_type(CONDITIONING) mismatch input_type(IMAGE)',
        extra_info: { input_name: 'images', received_type: 'CONDITIONING', linked_node: ['4', 0] },
      },
    ],
    dependent_outputs: ['5'],
    class_type: 'PreviewImage',
  },
};

async function upload({ request, body, files, keep }: Asked): Promise<Answer> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const image = form.get('image');
  const text = (name: string) => String(form.get(name) ?? '');
  const [type, subfolder] = [text('type') || 'input', text('subfolder')];
  if (!(image instanceof File) || image.name === '') return empty(400);
  if (!['input', 'temp', 'output'].includes(type)) return TROUBLE;
  if (subfolder.split('/').includes('..')) return empty(400);
  const bytes = Buffer.from(await image.arrayBuffer());
  const [, stem = image.name, extension = ''] = /^(.*?)(\.[^.]*)?$/.exec(image.name) ?? [];
  let name = image.name;
  const key = () => `${type}/${subfolder}/${name}`;
  const isAnother = () => files.has(key()) && !files.get(key())?.equals(bytes);
  for (let i = 1; !['true', '1'].includes(text('overwrite')) && isAnother(); i++)
    name = `${stem} (${i})${extension}`;
  await keep(key(), bytes);
  return json({ name, subfolder, type });
}

const SYSTEM = {
  ...{ os: 'linux', ram_total: 25276502016, ram_free: 22947024896, comfyui_version: '0.7.0' },
  ...{ required_frontend_version: '1.35.9', installed_templates_version: null },
  ...{ required_templates_version: '0.7.64', python_version: '3.11.2', pytorch_version: '1.13.0a0' },
  ...{ embedded_python: false, argv: ['main.py', '--cpu'] },
};
const DEVICES = [
  {
    ...{ name: 'cpu', type: 'cpu', index: null, vram_total: 25276502016, vram_free: 22947024896 },
    ...{ torch_vram_total: 25276502016, torch_vram_free: 22947024896 },
  },
];
