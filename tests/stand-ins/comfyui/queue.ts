import { setTimeout as pause } from 'node:timers/promises';
import { drawPng, drawPreview } from './drawing.ts';
import { orderOf, type StandInGraph, stepsOf, type Value, valueOfNode } from './evaluation.ts';
import type { Faults } from './faults.ts';
import type { sockets } from './sockets.ts';

export type Item = [
  number: number,
  id: string,
  graph: StandInGraph,
  extra: Record<string, unknown>,
  outputs: string[],
];
type Image = { filename: string; subfolder: string; type: string };
type Message = [type: string, data: Record<string, unknown>];
export type HistoryEntry = {
  prompt: Item;
  outputs: Record<string, { images: Image[] }>;
  status: { status_str: string; completed: boolean; messages: Message[] };
  meta: Record<string, unknown>;
};

class Interrupted extends Error {}
class NodeFailed extends Error {}

/** Queue, worker and history of one life of the process: after a restart there is a new one, with nothing in it. */
export function promptQueue(of: {
  faults: Faults;
  tell: ReturnType<typeof sockets>;
  /** By `type/subfolder/filename`; outlives restarts, as a disk does. */
  files: Map<string, Buffer>;
  sizeOfFile(name: string): { width: number; height: number };
}) {
  const { faults, tell, files } = of;
  const pending: Item[] = [];
  const history = new Map<string, HistoryEntry>();
  const cache = new Map<string, Value>();
  const saved = new Map<string, Image[]>();
  let running: Item | null = null;
  let node: string | null = null;
  let isInterrupted = false;
  let isOver = false;

  const remaining = () => pending.length + (running === null ? 0 : 1);
  const status = () => tell.tell(null, 'status', { status: { exec_info: { queue_remaining: remaining() } } });

  async function work() {
    while (!isOver && running === null && pending.length > 0) {
      pending.sort(([a], [b]) => a - b);
      running = pending.shift() ?? null;
      if (running === null) return;
      status();
      await run(running);
      if (isOver) return;
    }
  }

  async function run(item: Item) {
    const [, id, , extra] = item;
    const client = typeof extra.client_id === 'string' ? extra.client_id : null;
    const messages: Message[] = [];
    const say = (type: string, data: Record<string, unknown>) => {
      if (type.startsWith('execution_')) messages.push([type, data]);
      // Without a client there is nobody to tell, but for an interruption, which everybody hears.
      if (client !== null) tell.tell(client, type, data);
      else if (type === 'execution_interrupted') tell.tell(null, type, data);
    };
    isInterrupted = false;
    const outputs: HistoryEntry['outputs'] = {};
    say('execution_start', { prompt_id: id, timestamp: Date.now() });
    let how = 'success';
    try {
      await execute(item, { client, say, outputs });
      say('execution_success', { prompt_id: id, timestamp: Date.now() });
    } catch (error) {
      if (!(error instanceof Interrupted) && !(error instanceof NodeFailed)) throw error;
      how = 'error';
    }
    if (isOver) return;
    if (faults.historyLagMs > 0) await pause(faults.historyLagMs);
    history.set(id, {
      prompt: item,
      outputs,
      status: { status_str: how, completed: how === 'success', messages },
      meta: Object.fromEntries(Object.keys(outputs).map((at) => [at, metaOf(at)])),
    });
    running = null;
    node = null;
    status();
    if (client !== null) tell.tell(client, 'executing', { node: null, prompt_id: id });
  }

  async function execute(
    [, id, graph, extra, targets]: Item,
    of2: {
      client: string | null;
      say(type: string, data: Record<string, unknown>): void;
      outputs: HistoryEntry['outputs'];
    },
  ) {
    const { client, say, outputs } = of2;
    const order = orderOf(graph, targets);
    const values = new Map<string, Value>();
    for (const at of order) {
      const made = graph[at];
      if (made)
        values.set(
          at,
          valueOfNode(made, (from) => values.get(from) as Value, of.sizeOfFile),
        );
    }
    const printOf = (at: string) => values.get(at)?.print ?? '';
    const cached = order.filter((at) => cache.has(printOf(at)));
    say('execution_cached', { nodes: cached, prompt_id: id, timestamp: Date.now() });
    const states: Record<string, object> = {};
    const progress = (at: string, value: number, max: number, state: string) => {
      states[at] = {
        ...{ value, max, state, node_id: at, prompt_id: id, display_node_id: at },
        ...{ parent_node_id: null, real_node_id: at },
      };
      tell.tell(client, 'progress_state', { prompt_id: id, nodes: { ...states } });
    };
    const executed: string[] = [];
    for (const at of order) {
      const { class_type = '' } = graph[at] ?? {};
      const print = printOf(at);
      const told = { prompt_id: id, node_id: at, node_type: class_type, executed: [...executed] };
      const interrupt = () => {
        if (isOver) throw new Interrupted();
        if (!isInterrupted) return;
        say('execution_interrupted', { ...told, timestamp: Date.now() });
        throw new Interrupted();
      };
      if (!cached.includes(at)) {
        progress(at, 0, 1, 'running');
        node = at;
        say('executing', { node: at, display_node: at, prompt_id: id });
        interrupt();
        while (faults.hangs && !isOver) await pause(5);
        if (faults.fail?.classType === class_type) {
          const { type, message } = faults.fail;
          say('execution_error', {
            ...told,
            ...{ exception_message: message, exception_type: type, traceback: ['  File "/comfyui/x.py"\n'] },
            ...{ current_inputs: {}, current_outputs: executed, timestamp: Date.now() },
          });
          throw new NodeFailed();
        }
        if (faults.blocksBranch && class_type === 'SaveImage')
          say('execution_error', {
            ...told,
            ...{ exception_message: 'Execution Blocked: no value', exception_type: 'ExecutionBlocked' },
            ...{ traceback: [], current_inputs: [], current_outputs: [] },
          });
        const steps = stepsOf(graph, at);
        const jpeg =
          steps > 0 && hasPreview(extra, graph[at]) ? await drawPreview(print, faults.previewBytes) : null;
        for (let step = 1; step <= steps; step++) {
          await pause(faults.stepMs);
          progress(at, step, steps, 'running');
          if (jpeg && client) tell.preview(client, { node: at, promptId: id, jpeg });
          tell.tell(client, 'progress', { value: step, max: steps, prompt_id: id, node: at });
          if (!faults.interruptsBetweenNodes) interrupt();
        }
        if (steps === 0 && faults.nodeMs > 0) await pause(faults.nodeMs);
        if (isOver) throw new Interrupted();
      }
      if (targets.includes(at)) {
        const images = saved.get(print) ?? [await save(graph, at, values.get(at) as Value)];
        saved.set(print, images);
        // A bug of then: what is cached has no outputs in a history that no client asked for.
        if (client !== null || !cached.includes(at)) outputs[at] = { images };
        say('executed', { node: at, display_node: at, output: { images }, prompt_id: id });
      }
      if (!cached.includes(at) || targets.includes(at))
        progress(at, Math.max(1, stepsOf(graph, at)), Math.max(1, stepsOf(graph, at)), 'finished');
      cache.set(print, values.get(at) as Value);
      executed.push(at);
    }
  }

  /** As `<prefix>_00001_.png`, counted within its folder. */
  async function save(graph: StandInGraph, at: string, value: Value): Promise<Image> {
    const { class_type, inputs } = graph[at] ?? { class_type: '', inputs: {} };
    const isTemporary = class_type === 'PreviewImage';
    const prefix = isTemporary ? 'ComfyUI_temp_abcde' : String(inputs.filename_prefix ?? 'ComfyUI');
    const parts = prefix.split('/');
    const name = parts.pop() ?? '';
    const [subfolder, type] = [parts.join('/'), isTemporary ? 'temp' : 'output'];
    const start = `${type}/${subfolder}/${name}_`;
    const count = [...files.keys()].filter((key) => key.startsWith(start)).length + 1;
    const filename = `${name}_${String(count).padStart(5, '0')}_.png`;
    files.set(`${type}/${subfolder}/${filename}`, await drawPng(value, value.print, graph));
    return { filename, subfolder, type };
  }

  return {
    history,
    add(item: Item) {
      pending.push(item);
      status();
      void work();
    },
    queued: () => ({ queue_running: running === null ? [] : [running], queue_pending: pending }),
    remaining,
    remove(ids: string[]) {
      for (const id of ids) {
        const at = pending.findIndex(([, other]) => other === id);
        if (at < 0) continue;
        pending.splice(at, 1);
        status();
      }
    },
    clear() {
      pending.length = 0;
      status();
    },
    /** Of one prompt, or without an id of whatever runs. */
    interrupt(id: string | undefined) {
      if (running !== null && (id === undefined || running[1] === id)) isInterrupted = true;
    },
    /** The client of the running prompt, and the node it is at, for who connects in between. */
    now: () => ({ client: running?.[3].client_id, node }),
    /** SIGKILL. */
    end() {
      isOver = true;
    },
  };
}

const metaOf = (at: string) => ({ node_id: at, display_node: at, parent_node: null, real_node_id: at });

const hasPreview = (extra: Record<string, unknown>, node: StandInGraph[string] | undefined) =>
  node?.class_type === 'FixtureSteps'
    ? node.inputs.preview === true
    : typeof extra.preview_method === 'string' && extra.preview_method !== 'none';
