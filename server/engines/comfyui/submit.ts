import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { NodeErrors } from './answers.ts';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import { cancelPrompt } from './cancel.ts';
import { badAnswer, failureOfValidation } from './failures.ts';
import type { BuiltGraph, Graph } from './graph.ts';
import { asFailure, patiently } from './patience.ts';
import type { Prompt } from './prompt.ts';
import type { PromptState } from './prompt-state.ts';

/** Two looks that find a prompt nowhere, as it may be on its way between two places. */
export const MISSES = 2;
export const LOOK_AGAIN_MS = 200;
const MAX_POSTS = 3;

const agrees = (graph: Graph | null, { graph: ours }: BuiltGraph) =>
  isDeepStrictEqual(graph, JSON.parse(JSON.stringify(ours)));

/** Takes over what an earlier attempt left, or posts. Resolves to how often it was posted. */
export async function submit(prompt: Prompt): Promise<number> {
  const { id, http, times, signal, built, log } = prompt;
  const { state: left, graph } = await patiently(() => find(prompt), { downMs: times.downMs, signal });
  if (left.at === 'nowhere') return post(prompt);
  const isUsable = left.at !== 'ended' || left.how === 'succeeded';
  if (isUsable && agrees(graph, built)) {
    log('info', 'ComfyUI has this image from an earlier attempt already; it is not made again.');
    return 0;
  }
  if (left.at !== 'ended') await cancelPrompt({ http, id, times });
  await http.forget(id);
  return post(prompt);
}

/** Where it is, and with which graph. It may move on between two questions: then it is asked again. */
async function find({ http, id }: Prompt): Promise<{ state: PromptState; graph: Graph | null }> {
  for (;;) {
    const state = await http.state(id);
    if (state.at === 'nowhere') return { state, graph: null };
    if (state.at === 'ended') return { state, graph: state.graph };
    const graph = (await http.queue()).graphs.get(id);
    if (graph !== undefined) return { state, graph };
  }
}

/** Posts once, or again when it is certain that the one before did not arrive. */
export async function post(prompt: Prompt): Promise<number> {
  const { id, http, socket, times, signal, built } = prompt;
  for (let posts = 1; ; posts++) {
    try {
      const posted = await http.post({ id, clientId: socket.clientId, graph: built.graph });
      if (posted.isAccepted && isEmpty(posted.nodeErrors)) return posts;
      // Some outputs would be left out silently; ours is the only one, so nothing of it is of use.
      if (posted.isAccepted) await cancelPrompt({ http, id, times });
      throw failureOfValidation({ error: null, ...posted });
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof UnexpectedAnswer)) throw error;
      if (error instanceof UnexpectedAnswer && error.status < 500) throw badAnswer(error.status);
      for (let looks = 0; looks < MISSES; looks++) {
        const state = await patiently(() => http.state(id), { downMs: times.downMs, signal });
        if (state.at !== 'nowhere') return posts;
        await pause(LOOK_AGAIN_MS);
      }
      if (posts === MAX_POSTS || signal.aborted) throw asFailure(error);
    }
  }
}

const isEmpty = (errors: NodeErrors) => Object.keys(errors).length === 0;
