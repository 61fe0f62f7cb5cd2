import { join } from 'node:path';
import type {
  GenerationEvent,
  GenerationImage,
  GenerationRun,
  GenerationStage,
  GenerationToggles,
} from '../engine.ts';
import type { BuiltGraph } from './graph.ts';
import type { Graphs } from './graphs.ts';
import type { Installed } from './installed.ts';
import type { LoraFacts } from './lora-families.ts';
import { showLoras } from './loras.ts';
import { fetchOutput, isMissing } from './outputs.ts';
import { asFailure } from './patience.ts';
import { type ComfyProcess, ifAnswered } from './process.ts';
import { progressOf } from './progress.ts';
import { runPrompt } from './prompt.ts';
import { promptIdOf } from './prompt-id.ts';
import type { SocketNews } from './socket.ts';
import { isLeftToOthers, stoppingOf } from './stopping.ts';
import type { Times } from './times.ts';

const PREVIEW_EVERY_MS = 500;

export type Making = {
  run: GenerationRun;
  /** Of each LoRA of the run, by its path. */
  loras: ReadonlyMap<string, LoraFacts>;
  graphs: Graphs;
  modelsDir: string | null;
  keepsGraph: boolean;
  times: Times;
  signal: AbortSignal;
  tell(event: GenerationEvent): void;
  tellStage(stage: GenerationStage): void;
};

/** Makes one image of a run on one ComfyUI: its own prompt, so that each has its own text, seed and LoRAs, and can be taken over alone. */
export async function makeImage(
  making: Making,
  of: {
    process: ComfyProcess;
    installed: Installed;
    image: GenerationImage;
    toggles: GenerationToggles<string>;
  },
): Promise<void> {
  const { run, graphs, signal, times, tell } = making;
  const { process, installed, image, toggles } = of;
  const { index, prompt, negativePrompt, seed } = image;
  const { socket } = process;
  const http = process.http.within({ signal });
  const stopping = stoppingOf(process.http, making);
  const names = await showLoras(http, image.loras, making).catch((error: unknown) => {
    throw asFailure(error);
  });
  const loras = names.map((name, i) => ({
    ...{ name, strength: image.loras[i]?.strength ?? 1 },
    reachesText: making.loras.get(image.loras[i]?.path ?? '')?.reachesText ?? false,
  }));
  const config = { ...run.config, prompt, negativePrompt };
  const builtAs = (filenamePrefix: string) =>
    graphs.build({ config, seed, toggles, loras, filenamePrefix }, installed);
  // A name of its own, or a graph that was run before would give the file of that time.
  const name = `isengard/${run.jobId}/${index}`;
  const built = builtAs(name);
  const hear = watcher(making, index, progressOf(built, run.config.steps));
  const id = promptIdOf(run.jobId, index);
  const log = (level: 'info' | 'warn', message: string) => tell({ type: 'log', level, message });

  async function make(graph: BuiltGraph) {
    const files = await runPrompt({ ...stopping, ...{ id, built: graph, http, socket, times, hear, log } });
    if (files === null) return;
    if (signal.aborted)
      log('info', `Image ${index + 1} was finished before the cancel reached it, and is kept.`);
    making.tellStage('saving');
    const path = join(run.workDir, `${index}.png`);
    const factor = toggles.upscale?.factor ?? 1;
    const size = { width: run.config.width * factor, height: run.config.height * factor };
    // What is made is fetched after an abort too, while there is time.
    const fetching = { http: process.http.within({ signal: stopping.over }), signal: stopping.over };
    await fetchOutput({ ...fetching, files, size, keepsGraph: making.keepsGraph, path });
    tell({ type: 'step', index, step: run.config.steps, steps: run.config.steps });
    tell({ type: 'image', index, seed, path });
  }

  process.claim(id);
  try {
    await make(built).catch(async (error: unknown) => {
      if (!isMissing(error) || signal.aborted) throw error;
      log('warn', `${error.message} It is made once more.`);
      // Under another name, or its cache would answer with the same file.
      await ifAnswered(stopping.closing.forget(id));
      await make(builtAs(`${name}-again`));
    });
  } catch (error) {
    throw asFailure(error);
  } finally {
    // Its history holds the prompt. Not before this: who takes the job over from a worker that died finds the image there.
    if (!isLeftToOthers(signal)) await ifAnswered(stopping.closing.forget(id));
    // It may go on for a while, and come into the history then. Of a job that is cancelled no later attempt looks after it.
    if (signal.reason === 'cancelled') process.abandon(id);
  }
}

/** Tells what the socket says of an image: its steps, stages and previews. */
function watcher(making: Making, index: number, progress: ReturnType<typeof progressOf>) {
  const { run, tell, tellStage } = making;
  const { steps } = run.config;
  let [toldStep, previewedAt] = [0, 0];
  return (news: SocketNews) => {
    if (news.type === 'preview') {
      // Final images of some nodes come the same way, as PNG.
      if (news.mimeType !== 'image/jpeg' || Date.now() - previewedAt < PREVIEW_EVERY_MS) return;
      previewedAt = Date.now();
      // A copy: the frame it is a part of is the socket's.
      return tell({ type: 'preview', index, image: Uint8Array.from(news.image), mimeType: 'image/jpeg' });
    }
    const now = progress(news);
    if (now === null) return;
    if (now.stage !== null) tellStage(now.stage);
    if (now.step > toldStep) tell({ type: 'step', index, step: now.step, steps });
    toldStep = now.step;
  };
}
