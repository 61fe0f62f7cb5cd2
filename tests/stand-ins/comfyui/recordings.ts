import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Conversations with a real ComfyUI, recorded line by line (docs: the first line of each test that uses one). */
const FOLDER = join(import.meta.dirname, '../../fixtures/comfyui');

type Told = { type: string; data: Record<string, unknown> };
export type Line =
  | { kind: 'ws'; conn: string; type: 'text'; text: string }
  | { kind: 'ws'; conn: string; type: 'binary'; base64: string }
  | { kind: 'ws_open'; conn: string; url: string }
  | { kind: 'ws_send'; conn: string; text: string }
  | { kind: 'ws_closed'; conn: string; code: number | null }
  | { kind: 'note'; text: string }
  | HttpLine;
export type HttpLine = {
  kind: 'http';
  method: string;
  path: string;
  status: number;
  content_type?: string;
  request?: Record<string, unknown>;
  request_form?: Record<string, string>;
  response?: Record<string, unknown>;
};

export const recordingNames = readdirSync(FOLDER)
  .flatMap((name) => /^(.+)\.jsonl$/.exec(name)?.[1] ?? [])
  .toSorted();

export const recorded = (name: string): Line[] =>
  readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

export const httpOf = (lines: Line[], method?: string, path?: RegExp): HttpLine[] =>
  lines.filter(
    (line): line is HttpLine =>
      line.kind === 'http' && (method ?? line.method) === line.method && (path?.test(line.path) ?? true),
  );

/** The prompts that were posted in it: how each was answered, and its graph. */
export const postsOf = (lines: Line[]) => httpOf(lines, 'POST', /^\/prompt$/);

export const textsOf = (lines: Line[], conn?: string): Told[] =>
  lines.flatMap((line) =>
    line.kind === 'ws' && line.type === 'text' && (conn ?? line.conn) === line.conn
      ? [JSON.parse(line.text)]
      : [],
  );

/** What was said, without what differs from run to run: who, which node, and how far it is. */
export function gist({ type, data }: Told): string {
  if (type === 'status') return 'status';
  if (type === 'progress_state') {
    const nodes = Object.entries(data.nodes as Record<string, { value: number; max: number; state: string }>);
    return `progress_state ${nodes.map(([node, { value, max, state }]) => `${node}:${value}/${max} ${state}`).join(', ')}`;
  }
  const { node, value, max, nodes, prompt_id, node_id, exception_type } = data;
  const told = { node, value, max, nodes, node_id, exception_type, isOfPrompt: prompt_id !== undefined };
  return `${type} ${JSON.stringify(told)}`;
}

/** The form of a value: names of fields and kinds of values, with one entry for a list. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      // Lines of source are not for a stand-in to have.
      .map(([name, inner]) => [name, name === 'traceback' ? [] : shapeOf(inner)]),
  );
}
