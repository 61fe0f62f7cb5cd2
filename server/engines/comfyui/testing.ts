import { FULL_MACHINE, type Lists, recordedObjectInfo, withLists } from '#tests/stand-ins/comfyui/machine.ts';
import type { GenerationToggles } from '../engine.ts';
import { type BuiltGraph, buildGraph, type GraphRequest } from './graph.ts';
import { installedFrom } from './installed.ts';

/** What the tests of this engine share: requests that differ in what each test is about. */
export const CONFIG: GraphRequest['config'] = {
  ...{ baseModel: 'sdxl', prompt: 'photo of sks person', negativePrompt: 'blurry' },
  ...{ width: 1024, height: 1024, steps: 20, guidanceScale: 7 },
  ...{ sampler: 'euler', scheduler: 'normal' },
};

const NO_TOGGLES: GenerationToggles<string> = {
  ...{ initImage: null, controlNet: null, ipAdapter: null, faceDetailer: null, upscale: null },
};

export const ALL_TOGGLES = {
  initImage: { reference: 'isengard/start.png', mask: null, denoise: 0.6 },
  controlNet: { mode: 'canny', reference: 'isengard/edges.png', strength: 0.9, isMap: false },
  ipAdapter: { reference: 'isengard/look.png', weight: 0.8 },
  faceDetailer: { denoise: 0.5 },
  upscale: { factor: 2 },
} satisfies GenerationToggles<string>;

export type RequestChange = Partial<Omit<GraphRequest, 'config' | 'toggles'>> & {
  config?: Partial<GraphRequest['config']>;
  toggles?: Partial<GenerationToggles<string>>;
};

export const requestOf = ({ config, toggles, ...rest }: RequestChange = {}): GraphRequest => ({
  config: { ...CONFIG, ...config },
  toggles: { ...NO_TOGGLES, ...toggles },
  ...{ seed: 42, loras: [], filenamePrefix: 'app/job' },
  ...rest,
});

const recorded = await recordedObjectInfo();

/** A ComfyUI that has everything, but for what is given otherwise. */
export const machine = (lists: Lists = {}) => withLists(recorded, { ...FULL_MACHINE, ...lists });
export const FULL = machine();

export const build = (request: RequestChange, objectInfo = FULL) =>
  buildGraph(requestOf(request), installedFrom(objectInfo, {}));

export const nodesOf = ({ graph }: Pick<BuiltGraph, 'graph'>, name: string) =>
  Object.entries(graph)
    .filter(([, { class_type }]) => class_type === name)
    .map(([id, { inputs }]) => ({ id, inputs }));

/** The one node of this kind; fails when there is none or more than one. */
export function only(built: BuiltGraph, name: string) {
  const [first, ...more] = nodesOf(built, name);
  if (first === undefined || more.length > 0) throw new Error(`${more.length + (first ? 1 : 0)} × ${name}.`);
  return first;
}

/** What kind of node a link comes from. */
export const sourceOf = ({ graph }: Pick<BuiltGraph, 'graph'>, link: unknown) =>
  graph[(link as [string])[0]]?.class_type;

/** The pictures of requests that these tests make lie in ComfyUI's input folder. */
export const isOurs = (name: string) => name.startsWith('isengard/');
