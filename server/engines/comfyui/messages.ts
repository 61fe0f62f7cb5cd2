import { z } from 'zod';
import { Images, type OutputFile } from './prompt-state.ts';

/**
 * What ComfyUI says on its socket, as far as we listen. They are hints: nothing that was missed is repeated, and how a prompt
 * ended is asked over HTTP. `promptId` is null where it does not say: on a connection that begins in the middle, and in old previews.
 */
export type SocketMessage =
  | { type: 'status'; remaining: number }
  | { type: 'started'; promptId: string }
  | { type: 'cached'; promptId: string; nodes: string[] }
  | { type: 'executing'; promptId: string | null; node: string | null }
  | { type: 'progress'; promptId: string; nodes: { node: string; ratio: number; isFinished: boolean }[] }
  | { type: 'executed'; promptId: string; node: string; images: OutputFile[] }
  /** Success, failure or interruption; the history may not know of it yet. */
  | { type: 'ended'; promptId: string }
  | { type: 'preview'; promptId: string | null; mimeType: 'image/jpeg' | 'image/png'; image: Uint8Array };

const Node = z.string().max(200);
const Of = z.object({ prompt_id: z.string().max(100) });
const NodeProgress = z.object({ value: z.number(), max: z.number(), state: z.string() });

const Status = z.object({ status: z.object({ exec_info: z.object({ queue_remaining: z.number() }) }) });
const Cached = Of.extend({ nodes: z.array(Node) });
const Executing = z.object({ node: Node.nullable(), prompt_id: z.string().max(100).nullish() });
const Executed = Of.extend({ node: Node, output: Images.nullish().catch(null) });
const Progress = Of.extend({ node: Node.nullable(), value: z.number(), max: z.number() });
const ProgressState = Of.extend({ nodes: z.record(Node, NodeProgress) });

const ratioOf = ({ value, max }: { value: number; max: number }) =>
  max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;

type Parser = (data: unknown) => SocketMessage | null;

function parser<Data>(shape: z.ZodType<Data>, use: (data: Data) => SocketMessage | null): Parser {
  return (data) => {
    const parsed = shape.safeParse(data);
    return parsed.success ? use(parsed.data) : null;
  };
}

const ended = parser(Of, ({ prompt_id }) => ({ type: 'ended', promptId: prompt_id }));

const PARSERS: Record<string, Parser> = {
  status: parser(Status, ({ status }) => ({ type: 'status', remaining: status.exec_info.queue_remaining })),
  execution_start: parser(Of, ({ prompt_id }) => ({ type: 'started', promptId: prompt_id })),
  execution_cached: parser(Cached, ({ prompt_id, nodes }) => ({
    type: 'cached',
    promptId: prompt_id,
    nodes,
  })),
  executing: parser(Executing, ({ prompt_id, node }) => ({
    type: 'executing',
    promptId: prompt_id ?? null,
    node,
  })),
  executed: parser(Executed, ({ prompt_id, node, output }) => ({
    type: 'executed',
    promptId: prompt_id,
    node,
    images: output ?? [],
  })),
  progress: parser(Progress, ({ prompt_id, node, ...bar }) =>
    node === null
      ? null
      : { type: 'progress', promptId: prompt_id, nodes: [{ node, ratio: ratioOf(bar), isFinished: false }] },
  ),
  progress_state: parser(ProgressState, ({ prompt_id, nodes }) => ({
    type: 'progress',
    promptId: prompt_id,
    nodes: Object.entries(nodes).map(([node, bar]) => ({
      node,
      ratio: ratioOf(bar),
      isFinished: bar.state === 'finished',
    })),
  })),
  execution_success: ended,
  // Some of these end nothing (ExecutionBlocked). As it is a hint, one look too many is all that comes of it.
  execution_error: ended,
  execution_interrupted: ended,
};

/** Null for what we do not listen to: packs say things of their own, and later versions more. */
export function parseText(text: string): SocketMessage | null {
  const { success, data: message } = Envelope.safeParse(jsonOf(text));
  if (!success || !Object.hasOwn(PARSERS, message.type)) return null;
  return PARSERS[message.type]?.(message.data) ?? null;
}
const Envelope = z.object({ type: z.string(), data: z.unknown() });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const PREVIEW = 1;
const PREVIEW_WITH_METADATA = 4;
const PREVIEW_TYPES: Record<number, 'image/jpeg' | 'image/png'> = { 1: 'image/jpeg', 2: 'image/png' };
const isOfType = (image: Uint8Array, mimeType: 'image/jpeg' | 'image/png') =>
  mimeType !== 'image/jpeg' || (image[0] === 0xff && image[1] === 0xd8 && image[2] === 0xff);
const Metadata = z.object({
  prompt_id: z.string().max(100).nullish(),
  image_type: z.enum(['image/jpeg', 'image/png']),
});
/** Larger ones are no previews. */
const MAX_PREVIEW = 8 * 2 ** 20;

/** Both framings of previews; the other kinds of frame are texts of some nodes. Null for what is not well-formed. */
export function parseBinary(frame: Buffer): SocketMessage | null {
  if (frame.length < 8 || frame.length > MAX_PREVIEW) return null;
  const [event, second] = [frame.readUInt32BE(0), frame.readUInt32BE(4)];
  if (event === PREVIEW) {
    const mimeType = PREVIEW_TYPES[second];
    const image = frame.subarray(8);
    return mimeType && isOfType(image, mimeType)
      ? { type: 'preview', promptId: null, mimeType, image }
      : null;
  }
  if (event !== PREVIEW_WITH_METADATA || 8 + second > frame.length) return null;
  const metadata = Metadata.safeParse(jsonOf(frame.toString('utf8', 8, 8 + second)));
  if (!metadata.success) return null;
  const { prompt_id, image_type: mimeType } = metadata.data;
  const image = frame.subarray(8 + second);
  return isOfType(image, mimeType) ? { type: 'preview', promptId: prompt_id ?? null, mimeType, image } : null;
}
