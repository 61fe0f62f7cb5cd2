import { EngineFailure } from '../failure.ts';
import type { ComfyuiBaseModel } from './base-model.ts';
import { BASE_MODELS } from './families.ts';
import { withControlNet } from './graph/control-net.ts';
import { add, type Draft, type Graph, newDraft, type Objection } from './graph/draft.ts';
import { withFaces } from './graph/face-detailer.ts';
import { withIpAdapter } from './graph/ip-adapter.ts';
import { load, withLoras } from './graph/load.ts';
import { encode } from './graph/prompts.ts';
import type { GraphRequest } from './graph/request.ts';
import { sample } from './graph/sample.ts';
import { keepOutside, start } from './graph/start.ts';
import { upscaled } from './graph/upscale.ts';
import { weightsOf } from './graph/weights.ts';
import type { Installed } from './installed.ts';

export type { Graph } from './graph/draft.ts';
export type { GraphRequest } from './graph/request.ts';

/** `weights`: how much of the time each node takes; nodes that are not named take little. */
export type BuiltGraph = { graph: Graph; outputNode: string; weights: Record<string, number> };

/**
 * The graph of one image, for POST /prompt. Users never send graphs: everything in it is written here, but for texts, numbers, and names
 * of files that ComfyUI lists itself. Throws what it lacks, which `objectionsTo` tells before a job is made.
 */
export function buildGraph(
  request: GraphRequest,
  installed: Installed,
  baseModels: ComfyuiBaseModel[] = BASE_MODELS,
): BuiltGraph {
  const base = baseModels.find(({ id }) => id === request.config.baseModel);
  if (base === undefined)
    throw new EngineFailure({
      code: 'UNKNOWN_BASE_MODEL',
      message: `There is no graph for the base model ${request.config.baseModel}.`,
    });
  const { graph, outputNode, objections } = drawGraph(request, installed, base);
  const [objection] = objections;
  if (objection)
    throw new EngineFailure({
      code: 'UNSUPPORTED_BY_ENGINE',
      message: `ComfyUI cannot do \`${objection.parameter}\`: ${objection.reason}`,
      advice: 'Install what is missing in ComfyUI and try again, or generate without it.',
    });
  return { graph, outputNode, weights: weightsOf(graph) };
}

/** Goes on over what is missing, so that all of it is in `objections`; with any the graph is not whole. */
export function drawGraph(
  request: GraphRequest,
  installed: Installed,
  base: ComfyuiBaseModel,
): { graph: Graph; outputNode: string; objections: Objection[] } {
  const draft = newDraft(installed);
  const outputNode = draw(draft, { ...request, base });
  return { graph: neededFor(outputNode, draft.graph), outputNode, objections: draft.objections };
}

function draw(draft: Draft, request: GraphRequest & { base: ComfyuiBaseModel }): string {
  const { base, toggles, filenamePrefix } = request;
  const { sampling } = base;
  const hasMask = toggles.initImage !== null && toggles.initImage.mask !== null;
  const loaded = withLoras(draft, load(draft, base, { hasMask }), request);
  const prompts = encode(draft, loaded.clip, request);

  const begun = start(
    draft,
    {
      ...loaded,
      model: withIpAdapter(draft, loaded.model, request),
      prompts: withControlNet(draft, prompts, { ...request, vae: loaded.vae }),
    },
    request,
  );
  const samples = sample(draft, begun, { ...request, sampling });
  const [decoded] = add(draft, 'VAEDecode', { samples, vae: loaded.vae });

  const detailed = withFaces(draft, decoded, { ...loaded, prompts }, { ...request, sampling });
  const image = upscaled(draft, keepOutside(draft, detailed, begun.kept), request);
  add(draft, 'SaveImage', { images: image, filename_prefix: filenamePrefix });
  return String(Object.keys(draft.graph).length);
}

/** Leaves out what nothing came to want, such as a negative prompt of a model that takes none. */
function neededFor(outputNode: string, graph: Graph): Graph {
  const needed = new Set([outputNode]);
  // A set goes on over what is added while it is walked.
  for (const id of needed)
    for (const value of Object.values(graph[id]?.inputs ?? {}))
      if (Array.isArray(value)) needed.add(value[0]);
  return Object.fromEntries(Object.entries(graph).filter(([id]) => needed.has(id)));
}
