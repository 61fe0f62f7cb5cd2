import type { HistoryEntry, Item, promptQueue } from './queue.ts';

type Queue = ReturnType<typeof promptQueue>;

const STATUSES = ['pending', 'in_progress', 'completed', 'failed'];

const open = ([number, id, , extra]: Item, status: string) => ({
  ...{ id, status, priority: number, create_time: extra.create_time, outputs_count: 0 },
});

function finished({ prompt, outputs, status }: HistoryEntry) {
  const [number, id, , extra] = prompt;
  const timeOf = (pattern: RegExp) => status.messages.findLast(([type]) => pattern.test(type))?.[1].timestamp;
  const error = status.messages.find(([type]) => type === 'execution_error')?.[1];
  const images = Object.entries(outputs).flatMap(([node, of]) => of.images.map((image) => ({ node, image })));
  const [first] = images;
  return {
    ...{
      id,
      status: status.completed ? 'completed' : 'failed',
      priority: number,
      create_time: extra.create_time,
    },
    execution_start_time: timeOf(/start/),
    execution_end_time: timeOf(/success|error|interrupted/),
    ...(error && !status.completed && { execution_error: error }),
    outputs_count: images.length,
    ...(first && { preview_output: { ...first.image, nodeId: first.node, mediaType: 'images' } }),
  };
}

/** The queue is looked at before the history, so nothing is missed on its way from one to the other. */
export function jobOf({ queued, history }: Queue, id: string) {
  const { queue_running, queue_pending } = queued();
  const is = ([, other]: Item) => other === id;
  const running = queue_running.find(is);
  if (running) return open(running, 'in_progress');
  const pending = queue_pending.find(is);
  if (pending) return open(pending, 'pending');
  const entry = history.get(id);
  if (entry === undefined) return null;
  const [, , graph, extra] = entry.prompt;
  return {
    ...finished(entry),
    ...{
      outputs: entry.outputs,
      execution_status: entry.status,
      workflow: { prompt: graph, extra_data: extra },
    },
  };
}

export function jobsOf<Answer>(
  { queued, history }: Queue,
  query: URLSearchParams,
  json: (value: unknown, status?: number) => Answer,
): Answer {
  const wanted = query.get('status')?.split(',') ?? STATUSES;
  const bad = wanted.filter((status) => !STATUSES.includes(status));
  if (bad.length > 0) {
    const valid = STATUSES.join(', ');
    return json({ error: `Invalid status value(s): ${bad.join(', ')}. Valid values: ${valid}` }, 400);
  }
  const { queue_running, queue_pending } = queued();
  const all = [
    ...queue_pending.map((item) => open(item, 'pending')),
    ...queue_running.map((item) => open(item, 'in_progress')),
    ...[...history.values()].map(finished),
  ].filter(({ status }) => wanted.includes(status));
  const limit = query.has('limit') ? Number(query.get('limit')) : null;
  const jobs = all.slice(0, limit ?? undefined);
  return json({
    jobs,
    pagination: { offset: 0, limit, total: all.length, has_more: jobs.length < all.length },
  });
}
