import { alarmClock } from './alarm.ts';
import { cancelPrompt } from './cancel.ts';
import { failureOfExecution, interrupted, lost, stalled } from './failures.ts';
import type { BuiltGraph } from './graph.ts';
import type { ComfyHttp } from './http.ts';
import { asFailure, patiently } from './patience.ts';
import type { Ended, OutputFile, PromptState } from './prompt-state.ts';
import type { ComfySocket, SocketNews } from './socket.ts';
import { LOOK_AGAIN_MS, MISSES, post, submit } from './submit.ts';
import type { Times } from './times.ts';

export type Prompt = {
  /** A lowercase UUID that is the image's own, see prompt-id.ts. */
  id: string;
  built: BuiltGraph;
  http: ComfyHttp;
  socket: ComfySocket;
  times: Times;
  signal: AbortSignal;
  /** Everything that the socket says of this prompt. */
  hear(news: SocketNews): void;
  log(level: 'info' | 'warn', message: string): void;
};

/**
 * Runs one prompt to its end and resolves to the files of its output node, or to null when it was cancelled. Cancelled too late it
 * has files all the same. HTTP says what is true; the socket only says when to look.
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
    const posts = await submit(prompt);
    return await watch(prompt, { clock, seen, posts });
  } catch (error) {
    throw asFailure(error);
  } finally {
    signal.removeEventListener('abort', ring);
  }
}

type Seen = { heardAt: number; files: OutputFile[]; renewals: number; renewedAt: number };

async function watch(
  prompt: Prompt,
  of: { clock: ReturnType<typeof alarmClock>; seen: Seen; posts: number },
): Promise<OutputFile[] | null> {
  const { id, built, http, times, signal, log } = prompt;
  const { clock, seen } = of;
  let { posts } = of;
  let [misses, losses, last] = [0, 0, ''];
  let delay = times.pollMs;
  for (;;) {
    if (signal.aborted) {
      const end = await cancelPrompt({ http, id, times });
      return end.at === 'ended' && end.how === 'succeeded' ? (end.outputs[built.outputNode] ?? null) : null;
    }
    const state = await patiently(() => http.state(id), { downMs: times.downMs, signal });
    if (signal.aborted) continue;
    if (state.at === 'ended') {
      // Posted twice it runs twice.
      if (posts > 1) await cancelAnother(prompt);
      return filesOf(state, built);
    }
    misses = state.at === 'nowhere' ? misses + 1 : 0;
    if (misses >= MISSES) {
      if (seen.files.length > 0) return seen.files;
      if (++losses > 1) throw lost();
      log('warn', 'ComfyUI has lost the image, probably by a restart. It is asked for once more.');
      posts += await post(prompt);
      [misses, seen.heardAt] = [0, Date.now()];
    }
    const place = state.at === 'queued' ? await placeOf(prompt) : state.at;
    if (place !== last) {
      if (state.at === 'queued') log('info', `Waiting in ComfyUI's queue: ${place}.`);
      [last, seen.heardAt] = [place, Date.now()];
    }
    await lookAfter(prompt, seen, state);
    const rang = await clock.wait(misses > 0 ? LOOK_AGAIN_MS : delay);
    delay = rang ? times.hintMs : Math.min(times.pollMs, delay * 2);
  }
}

function filesOf(state: Ended, { outputNode }: BuiltGraph): OutputFile[] {
  if (state.how === 'interrupted') throw interrupted();
  if (state.how === 'failed') throw failureOfExecution(state.error);
  return state.outputs[outputNode] ?? [];
}

async function placeOf({ id, http, times, signal }: Prompt): Promise<string> {
  const { running, pending } = await patiently(() => http.queue(), { downMs: times.downMs, signal });
  return `${running.length + Math.max(0, pending.indexOf(id))} before it`;
}

/** A prompt that hangs is given up; a socket that may be deaf is opened anew. */
async function lookAfter({ id, http, socket, times }: Prompt, seen: Seen, state: PromptState) {
  const now = Date.now();
  if (now - seen.heardAt > times.hangMs) {
    await cancelPrompt({ http, id, times: { ...times, cancelMs: Math.min(times.cancelMs, 5000) } });
    throw stalled(times.hangMs);
  }
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
