import type {
  GenerationCapabilities,
  GenerationEngine,
  GenerationEvent,
  GenerationImage,
  GenerationPlan,
  GenerationStage,
  GenerationToggles,
} from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { eventsOfRun } from './events.ts';
import { unreachable } from './failures.ts';
import type { Graphs } from './graphs.ts';
import { homesOf } from './homes.ts';
import { type Making, makeImage } from './image.ts';
import type { Installed } from './installed.ts';
import { checkLoras, type ReadLora } from './lora-families.ts';
import { loraSweeper, useLoras } from './loras.ts';
import { patiently } from './patience.ts';
import { type ComfyProcess, comfyProcess, ifAnswered } from './process.ts';
import { fitReferences, uploadReferences } from './references.ts';
import { spread } from './spread.ts';
import { TIMES, type Times } from './times.ts';

export type ComfyuiSettings = {
  /** One process each, without a slash at the end. */
  urls: string[];
  /** Its `models` folder, where this process can write into it. */
  modelsDir: string | null;
  /** Whether images keep the graph that ComfyUI writes into them. */
  keepsGraph: boolean;
  graphs: Graphs;
  /** What a LoRA's file says of it. */
  readLora: ReadLora;
  times?: Times;
};

/** Runs each image as a prompt of its own on one of the ComfyUI processes, and tells of all of them at once. */
export function createComfyui(settings: ComfyuiSettings): GenerationEngine {
  const { graphs, times = TIMES } = settings;
  const processes = settings.urls.map((url, i) => comfyProcess({ url, number: i + 1, times }));
  const sweepLoras = loraSweeper(settings.modelsDir);
  const answering = async () => {
    const all = await Promise.all(
      processes.map(async (process) => ({ process, installed: await process.installed() })),
    );
    return all.flatMap(({ process, installed }) => (installed === null ? [] : [{ process, installed }]));
  };

  return {
    async capabilities() {
      const told = (await answering()).map(({ installed }) => graphs.capabilities(installed));
      // Of the one that can do the most, which is where the images go that others cannot make.
      return told.toSorted((a, b) => obstaclesOf(a) - obstaclesOf(b))[0] ?? graphs.capabilities(null);
    },
    health() {
      // By the way: it is asked often, and waits for nothing of this.
      for (const { tidy } of processes) void tidy();
      void sweepLoras();
      return healthOf(processes);
    },
    async objections(plan) {
      const told = (await answering()).map(({ installed }) => graphs.objections(plan, installed));
      // One that can do it is enough: it is where the images go.
      return told.find((objections) => objections.length === 0) ?? told[0] ?? graphs.objections(plan, null);
    },
    async models() {
      const files = (await answering()).map(({ installed }) => installed.files);
      return files.length === 0 ? null : filesOf(files);
    },
    run: (run, signal) =>
      eventsOfRun(signal, async (tell, stop) => {
        const tellStage = stageTeller(tell);
        tellStage('preparing');
        const able = ableTo(run, await answering(), graphs);
        const making = { ...settings, run, times, signal: stop, tell, tellStage };
        await makeAll(making, settings.readLora, able);
      }),
  };
}

const obstaclesOf = ({ baseModels, toggles }: GenerationCapabilities) =>
  [...baseModels, ...toggles].filter(({ unsupported }) => unsupported !== null).length;

type Able = { process: ComfyProcess; installed: Installed };

/** What any of them has. */
function filesOf(all: Installed['files'][]): Record<string, string[]> {
  const folders = Object.keys(all[0] ?? {}) as (keyof Installed['files'])[];
  const named = (folder: keyof Installed['files']) =>
    all.flatMap((files) => files[folder].map((name) => name.replaceAll('\\', '/')));
  return Object.fromEntries(folders.map((folder) => [folder, [...new Set(named(folder))]]));
}

/** Those that have all that it needs. */
function ableTo(plan: GenerationPlan, answering: Able[], graphs: Graphs): Able[] {
  if (answering.length === 0) throw unreachable();
  const objections = answering.map(({ installed }) => graphs.objections(plan, installed));
  const able = answering.filter((_, i) => objections[i]?.length === 0);
  const [first] = objections.flat();
  if (able.length > 0 || first === undefined) return able;
  throw new EngineFailure({
    code: 'UNSUPPORTED_BY_ENGINE',
    message: `ComfyUI cannot do \`${first.parameter}\`: ${first.reason}`,
    advice: 'Install what is missing, or leave it out.',
  });
}

async function makeAll(given: Omit<Making, 'loras'>, readLora: ReadLora, able: Able[]) {
  const { run, signal, tell, graphs, modelsDir } = given;
  const { baseModels } = graphs.capabilities(able[0]?.installed ?? null);
  const making: Making = { ...given, loras: await checkLoras(run, baseModels, readLora) };
  await using _loras = useLoras(
    run.images.flatMap(({ loras }) => loras),
    modelsDir,
  );
  const fitted = await fitReferences(run.toggles, run.config);
  const uploaded = new Map<ComfyProcess, Promise<GenerationToggles<string>>>();
  const installedOf = new Map(able.map(({ process, installed }) => [process, installed]));
  const processes = able.map(({ process }) => process);
  const homes = await homesOf(run, processes, signal);
  const log = (level: 'info' | 'warn', message: string) => tell({ type: 'log', level, message });

  async function makeOn(process: ComfyProcess, image: GenerationImage) {
    const installed = installedOf.get(process);
    if (installed === undefined) return;
    log('info', `Image ${image.index + 1} goes to ComfyUI ${process.number}.`);
    const upload = () => uploadReferences(process.http.within({ signal }), fitted);
    const toggles = uploaded.get(process) ?? patiently(upload, { downMs: making.times.downMs, signal });
    uploaded.set(process, toggles);
    // One that failed is no reason against another try.
    toggles.catch(() => uploaded.delete(process));
    await makeImage(making, { process, installed, image, toggles: await toggles });
  }

  await spread({
    pieces: run.images,
    processes,
    homes,
    signal,
    work: (image, process) => makeOn(process, image),
    onLost: ({ number }, { message }) =>
      log('warn', `ComfyUI ${number}: ${message} Its image is made by another one.`),
  });
}

/** Told once, until another one comes. */
function stageTeller(tell: (event: GenerationEvent) => void) {
  let told: GenerationStage | null = null;
  return (stage: GenerationStage) => {
    if (stage === told) return;
    told = stage;
    tell({ type: 'stage', stage });
  };
}

async function healthOf(processes: ComfyProcess[]) {
  const stats = await Promise.all(processes.map(({ http }) => ifAnswered(http.systemStats())));
  const up = stats.filter((one) => one !== null);
  const [first] = up;
  const of = processes.length === 1 ? 'ComfyUI' : `${up.length} of ${processes.length} ComfyUI processes`;
  if (first === undefined) return { isHealthy: false, message: 'ComfyUI does not answer; see COMFYUI_URLS.' };
  const gpu = first.devices[0];
  const free = gpu ? `, ${(gpu.vram_free / 2 ** 30).toFixed(1)} GB free on ${gpu.name}` : '';
  return { isHealthy: true, message: `${of} ready, version ${first.system.comfyui_version}${free}.` };
}
