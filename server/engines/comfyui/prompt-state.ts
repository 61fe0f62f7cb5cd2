import { z } from 'zod';
import type { Graph } from './graph.ts';

/** A file that a node saved, as `/view` takes it. */
export const OutputFile = z.object({
  filename: z.string().min(1).max(255),
  subfolder: z.string().max(1024),
  type: z.enum(['output', 'temp', 'input']),
});
export type OutputFile = z.infer<typeof OutputFile>;

/** Nodes have other outputs too, and of images later versions tell more. */
export const Images = z.object({ images: z.array(OutputFile) }).transform(({ images }) => images);
const Outputs = z.record(z.string(), Images.catch([]));

const text = (max: number) => z.string().transform((value) => value.slice(0, max));

const ExecutionError = z.object({
  node_type: text(200).catch('?'),
  exception_type: text(200).catch(''),
  exception_message: text(2000).catch(''),
});
export type ExecutionError = z.infer<typeof ExecutionError>;

const Status = z.object({
  status_str: z.string(),
  messages: z.array(z.tuple([z.string(), z.unknown()])).catch([]),
});

const Job = z.object({
  status: z.string(),
  outputs: Outputs.catch({}),
  execution_status: Status.nullish().catch(null),
  workflow: z
    .object({ prompt: z.record(z.string(), z.unknown()) })
    .nullish()
    .catch(null),
});

const HistoryEntry = z.object({
  prompt: z.tuple([z.number(), z.string(), z.record(z.string(), z.unknown())]).rest(z.unknown()),
  outputs: Outputs.catch({}),
  status: Status.nullish().catch(null),
});

export type Ended = {
  at: 'ended';
  how: 'succeeded' | 'failed' | 'interrupted';
  /** Of each node that saved something. */
  outputs: Record<string, OutputFile[]>;
  error: ExecutionError | null;
  graph: Graph | null;
};
/** `nowhere`: neither in its queue nor in its history, which a restart empties both. */
export type PromptState = { at: 'queued' | 'running' | 'nowhere' } | Ended;

/** A branch of the graph that was left out on purpose; the prompt goes on. */
const NOT_FATAL = 'ExecutionBlocked';

function endOf(status: z.infer<typeof Status>): Pick<Ended, 'how' | 'error'> {
  if (status.messages.some(([type]) => type === 'execution_interrupted'))
    return { how: 'interrupted', error: null };
  const error =
    status.messages
      .flatMap(([type, data]) =>
        type === 'execution_error' ? [ExecutionError.catch(UNKNOWN).parse(data)] : [],
      )
      .findLast(({ exception_type }) => exception_type !== NOT_FATAL) ?? null;
  // It can say success although a fatal error came last.
  return { how: error === null && status.status_str === 'success' ? 'succeeded' : 'failed', error };
}
const UNKNOWN: ExecutionError = { node_type: '?', exception_type: '', exception_message: '' };

/** Of an answer of `/api/jobs/{id}`. What it says in no way that we know counts as running: it is not over. */
export function stateOfJob(json: unknown): PromptState {
  const { success, data: job } = Job.safeParse(json);
  if (!success) return { at: 'running' };
  if (job.status === 'pending') return { at: 'queued' };
  if (!['completed', 'failed', 'cancelled'].includes(job.status)) return { at: 'running' };
  const status = job.execution_status ?? {
    status_str: job.status === 'completed' ? 'success' : 'error',
    messages: job.status === 'cancelled' ? [['execution_interrupted', {}] as [string, unknown]] : [],
  };
  const graph = (job.workflow?.prompt as Graph | undefined) ?? null;
  const end = job.status === 'cancelled' ? { how: 'interrupted' as const, error: null } : endOf(status);
  return { at: 'ended', ...end, outputs: job.outputs, graph };
}

/** Of an answer of `/history/{id}`, asked after the queue had it no more. */
export function stateOfHistory(json: unknown, id: string): PromptState {
  const history = z.record(z.string(), z.unknown()).safeParse(json);
  const entry = HistoryEntry.safeParse(history.data?.[id]);
  if (!entry.success) return { at: 'nowhere' };
  const { prompt, outputs, status } = entry.data;
  // Without a status nobody said that it failed.
  const end = endOf(status ?? { status_str: 'success', messages: [] });
  return { at: 'ended', ...end, outputs, graph: prompt[2] as Graph };
}
