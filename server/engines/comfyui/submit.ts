import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { NodeErrors } from './answers.ts';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import { cancelPrompt } from './cancel.ts';
import { badAnswer, failureOfValidation } from './failures.ts';
import type { BuiltGraph, Graph } from './graph.ts';
import { late } from './late.ts';
import { asFailure, patiently } from './patience.ts';
import type { Prompt, Seen } from './prompt.ts';
import type { PromptState } from './prompt-state.ts';

/** Two looks that find a prompt nowhere, as it may be on its way between two places. */
export const MISSES = 2;
export const LOOK_AGAIN_MS = 200;
const MAX_POSTS = 3;

/** A post that is under way when the run is stopped gets its answer as a rule: then it is known what there is to cancel. */
const POSTED_MS = 2000;
/** Looks for the graph of a prompt that is there. */
const MAX_LOOKS = 5;

/** The name of the file is another one when it is made again, see image.ts. */
const plain = (graph: Graph) =>
  JSON.parse(JSON.stringify(graph, (key, value) => (key === 'filename_prefix' ? undefined : value)));

const agrees = (graph: Graph | null, { graph: ours }: BuiltGraph) =>
  graph !== null && isDeepStrictEqual(plain(graph), plain(ours));

/** Takes over what an earlier attempt left, or posts. Resolves to how often it was posted. */
export async function submit(prompt: Prompt, seen: Seen): Promise<number> {
  const { id, http, closing, times, signal, over, built, log } = prompt;
  const { state: left, graph } = await patiently(() => find(prompt), { downMs: times.downMs, signal });
  if (left.at === 'nowhere') return post(prompt, seen);
  const isUsable = left.at !== 'ended' || left.how === 'succeeded';
  if (isUsable && agrees(graph, built)) {
    log('info', 'ComfyUI has this image from an earlier attempt already; it is not made again.');
    return 0;
  }
  if (left.at !== 'ended') await cancelPrompt({ http: closing, id, times, signal: over });
  await http.forget(id);
  return post(prompt, seen);
}

/** Where it is, and with which graph. It may move on between two questions: then it is asked again. Null: it does not say. */
async function find({ http, id, signal }: Prompt): Promise<{ state: PromptState; graph: Graph | null }> {
  for (let looks = 1; ; looks++) {
    const state = await http.state(id);
    if (state.at === 'nowhere') return { state, graph: null };
    if (state.at === 'ended') return { state, graph: state.graph };
    const graph = (await http.queue()).graphs.get(id);
    if (graph !== undefined || looks === MAX_LOOKS) return { state, graph: graph ?? null };
    await pause(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/** Posts once, or again when it is certain that the one before did not arrive. */
export async function post(prompt: Prompt, seen: Seen): Promise<number> {
  const { id, http, socket, times, signal, built } = prompt;
  const patient = http.within({ signal: late(signal, POSTED_MS) });
  for (let posts = 1; ; posts++) {
    signal.throwIfAborted();
    // What was heard before is of another life of it.
    seen.files = [];
    try {
      const posted = await patient.post({ id, clientId: socket.clientId, graph: built.graph });
      if (posted.isAccepted && isEmpty(posted.nodeErrors)) return posts;
      // Accepted, some outputs would be left out silently; ours is the only one, so nothing of it is of use.
      throw failureOfValidation({ error: null, ...posted });
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof UnexpectedAnswer)) throw error;
      if (error instanceof UnexpectedAnswer && error.status < 500) throw badAnswer(error.status);
      for (let looks = 0; looks < MISSES; looks++) {
        const state = await patiently(() => http.state(id), { downMs: times.downMs, signal });
        if (state.at !== 'nowhere') return posts;
        await pause(LOOK_AGAIN_MS, undefined, { signal });
      }
      if (posts === MAX_POSTS) throw asFailure(error);
    }
  }
}

const isEmpty = (errors: NodeErrors) => Object.keys(errors).length === 0;
