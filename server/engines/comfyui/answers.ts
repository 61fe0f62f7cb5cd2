import { z } from 'zod';
import type { Graph } from './graph.ts';

/** What ComfyUI answers, as far as it is used: everything else in it is left out, and what is missing is an error. */

const QueueItem = z.tuple([z.number(), z.string(), z.record(z.string(), z.unknown())]).rest(z.unknown());
export const Queue = z.object({ queue_running: z.array(QueueItem), queue_pending: z.array(QueueItem) });
export const Named = z.object({ name: z.string().min(1).max(255), subfolder: z.string().max(1024) });
const NodeErrors = z.record(
  z.string(),
  z.object({
    class_type: z.string().catch('?'),
    errors: z
      .array(
        z.object({
          type: z.string(),
          details: z.string().catch(''),
          extra_info: z
            .object({ input_name: z.string().optional(), received_value: z.unknown() })
            .partial()
            .catch({}),
        }),
      )
      .catch([]),
  }),
);
export type NodeErrors = z.infer<typeof NodeErrors>;
/** How many prompts it has. */
export const Load = z.object({ exec_info: z.object({ queue_remaining: z.number() }) });

export const Accepted = z.object({ node_errors: NodeErrors.nullish().transform((errors) => errors ?? {}) });
export const Refused = z.object({
  error: z.object({ type: z.string(), message: z.string().catch(''), details: z.string().catch('') }),
  node_errors: NodeErrors.catch({}),
});
export const SystemStats = z.object({
  system: z.object({ comfyui_version: z.string().max(60).catch('?') }),
  devices: z.array(
    z.object({
      name: z.string().max(200),
      type: z.string().max(20),
      vram_total: z.number(),
      vram_free: z.number(),
    }),
  ),
});

/** What became of a posted prompt. `nodeErrors` of an accepted one name outputs that it leaves out silently. */
export type Posted =
  | { isAccepted: true; nodeErrors: NodeErrors }
  | { isAccepted: false; error: z.infer<typeof Refused>['error']; nodeErrors: NodeErrors };

/** Its queue by prompt id; `pending` in the order in which they will run. */
export type Queued = { running: string[]; pending: string[]; graphs: Map<string, Graph> };
