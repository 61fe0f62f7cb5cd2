import { alarmClock } from './alarm.ts';
import { cancelPrompt } from './cancel.ts';
import { failureOfExecution, interrupted, lost, stalled } from './failures.ts';
import type { BuiltGraph } from './graph.ts';
import type { ComfyHttp } from './http.ts';
import { asFailure, patiently } from './patience.ts';
import { ifAnswered } from './process.ts';
import type { Ended, OutputFile, PromptState } from './prompt-state.ts';
import type { ComfySocket, SocketNews } from './socket.ts';
import { isLeftToOthers, type Stopping } from './stopping.ts';
import { LOOK_AGAIN_MS, MISSES, post, submit } from './submit.ts';
import type { Times } from './times.ts';

export type Prompt = Stopping & {
  /** A lowercase UUID that is the image's own, see prompt-id.ts. */
  id: string;
  built: BuiltGraph;
  http: ComfyHttp;
  socket: ComfySocket;
  times: Times;
  /** Everything that the socket says of this prompt. */
  hear(news: SocketNews): void;
  log(level: 'info' | 'warn', message: string): void;
};

/** What the socket said so far. `files`: of the output node, since it was posted. */
export type Seen = { heardAt: number; files: OutputFile[]; renewals: number; renewedAt: number };

type End = Pick<Ended, 'how' | 'outputs' | 'error'>;

/** For the cancel of a prompt that has failed. */
const FAILED_CANCEL_MS = 5000;

/**
 * Runs one prompt to its end and resolves to the files of its output node, or to null when it was cancelled. Cancelled too late it
 * has files all the same. HTTP says what is true; the socket only says when to look. However it ends, nothing of it runs on, unless
 * it is another attempt's by then.
 */
export async function runPrompt(prompt: Prompt): Promise<OutputFile[] | null> {
  const { id, built, socket, times, signal } = prompt;
  const clock = alarmClock();
  const ring = () => clock.ring();
  const seen: Seen = { heardAt: Date.now(), files: [], renewals: 0, renewedAt: Date.now() };
  using _listening = socket.listen((news) => {
    if ('promptId' in news && news.promptId !== null && news.promptId !== id) return;
    if ('promptId' in news && (news.promptId === id || news.type === 'preview')) {
      seen.heardAt = Date.now();
      seen.renewals = 0;
    }
    if (news.type === 'executed' && news.node === built.outputNode) seen.files = news.images;
    const isOver = news.type === 'ended' || (news.type === 'executing' && news.node === null);
    if (isOver || news.type === 'connected' || news.type === 'disconnected') clock.ring();
    prompt.hear(news);
  });
  signal.addEventListener('abort', ring);
  try {
    // Without it there is no progress to see, but the image is made all the same.
    if (!socket.isConnected() && !signal.aborted) await clock.wait(times.connectMs);
    if (signal.aborted) return null;
    const end = await submitAndWatch(prompt, { clock, seen });
    return end === null ? await stop(prompt) : filesOf(end, built);
  } finally {
    signal.removeEventListener('abort', ring);
  }
}

/** To its end; null after an abort. */
async function submitAndWatch(
  prompt: Prompt,
  of: { clock: ReturnType<typeof alarmClock>; seen: Seen },
): Promise<End | null> {
  const { times, signal } = prompt;
  try {
    const posts = await submit(prompt, of.seen);
    return await watch(prompt, { ...of, posts });
  } catch (error) {
    // An abort breaks every question.
    if (signal.aborted) return null;
    // Whatever broke, it may be in the queue.
    await cancel(prompt, Math.min(times.cancelMs, FAILED_CANCEL_MS));
    throw asFailure(error);
  }
}

const cancel = ({ id, closing, times, over }: Prompt, cancelMs: number) =>
  cancelPrompt({ http: closing, id, times: { ...times, cancelMs }, signal: over });

/** After an abort. Another attempt has it, or will: it finds the prompt where it is. */
async function stop(prompt: Prompt): Promise<OutputFile[] | null> {
  if (isLeftToOthers(prompt.signal)) return null;
  const end = await cancel(prompt, prompt.times.cancelMs);
  const isMade = end.at === 'ended' && end.how === 'succeeded';
  return isMade ? (end.outputs[prompt.built.outputNode] ?? null) : null;
}

/** Resolves to null after an abort. */
async function watch(
  prompt: Prompt,
  of: { clock: ReturnType<typeof alarmClock>; seen: Seen; posts: number },
): Promise<End | null> {
  const { id, built, http, times, signal, log } = prompt;
  const { clock, seen } = of;
  let { posts } = of;
  let [misses, losses, last] = [0, 0, ''];
  let delay = times.pollMs;
  while (!signal.aborted) {
    const state = await patiently(() => http.state(id), { downMs: times.downMs, signal });
    if (signal.aborted) return null;
    if (state.at === 'ended') {
      if (state.how === 'interrupted' && posts === 0) {
        // By the attempt from which it was taken over, when that ended late.
        log('warn', 'The image of the earlier attempt was interrupted. It is asked for once more.');
        await ifAnswered(http.forget(id));
        posts = await post(prompt, seen);
        continue;
      }
      // Posted twice it runs twice.
      if (posts > 1) await ifAnswered(cancelAnother(prompt));
      return state;
    }
    misses = state.at === 'nowhere' ? misses + 1 : 0;
    if (misses >= MISSES) {
      if (seen.files.length > 0)
        return { how: 'succeeded', outputs: { [built.outputNode]: seen.files }, error: null };
      if (++losses > 1) throw lost();
      log('warn', 'ComfyUI has lost the image, probably by a restart. It is asked for once more.');
      posts = await post(prompt, seen);
      [misses, seen.heardAt] = [0, Date.now()];
    }
    const place = state.at === 'queued' ? await placeOf(prompt) : state.at;
    if (place !== last) {
      if (state.at === 'queued') log('info', `Waiting in ComfyUI's queue: ${place}.`);
      [last, seen.heardAt] = [place, Date.now()];
    }
    lookAfter(prompt, seen, state);
    const rang = await clock.wait(misses > 0 ? LOOK_AGAIN_MS : delay);
    delay = rang ? times.hintMs : Math.min(times.pollMs, delay * 2);
  }
  return null;
}

function filesOf(state: End, { outputNode }: BuiltGraph): OutputFile[] {
  if (state.how === 'interrupted') throw interrupted();
  if (state.how === 'failed') throw failureOfExecution(state.error);
  return state.outputs[outputNode] ?? [];
}

async function placeOf({ id, http, times, signal }: Prompt): Promise<string> {
  const { running, pending } = await patiently(() => http.queue(), { downMs: times.downMs, signal });
  return `${running.length + Math.max(0, pending.indexOf(id))} before it`;
}

/** A prompt that hangs is given up; a socket that may be deaf is opened anew. */
function lookAfter({ socket, times }: Prompt, seen: Seen, state: PromptState) {
  const now = Date.now();
  if (now - seen.heardAt > times.hangMs) throw stalled(times.hangMs);
  // While something of others runs, silence says nothing.
  if (state.at !== 'running' || !socket.isConnected()) return;
  // A node may be silent for minutes: that is looked into less and less often.
  const patience = times.deafMs * 2 ** seen.renewals;
  if (now - Math.max(socket.heardAt(), seen.renewedAt) < patience) return;
  seen.renewals++;
  seen.renewedAt = now;
  socket.renew();
}

async function cancelAnother({ id, http }: Prompt) {
  const { running, pending } = await http.queue();
  if (running.includes(id)) await http.cancel(id, 'running');
  if (pending.includes(id)) await http.cancel(id, 'queued');
}
