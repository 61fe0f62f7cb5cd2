import type { GenerationStage } from '../engine.ts';
import type { BuiltGraph } from './graph.ts';
import type { SocketNews } from './socket.ts';

/** What a node's class says about where the image is; null says nothing. */
const STAGES: [pattern: RegExp, stage: GenerationStage][] = [
  [/^Save|^Preview/, 'saving'],
  [/^LoadImage/, 'preparing'],
  [/Loader/, 'loading_model'],
  [/Detailer|Upscale(?!Model(Loader)?$)|^ImageScale|^VAEDecode/, 'postprocessing'],
  [/Sampler(?!Select)/, 'sampling'],
];

function stageOf(classType: string): GenerationStage | null {
  return STAGES.find(([pattern]) => pattern.test(classType))?.[1] ?? null;
}

/** Nodes that the graph gives no weight take this part of all that it gives, each. */
const SMALL = 1 / 200;

export type Progress = { step: number; stage: GenerationStage | null };

/**
 * How far one prompt is, by the weight of its nodes: a node that is done or cached counts whole, the running one by its bar. It is
 * told as steps, which people know, and never goes back, also when the prompt has to be run again.
 */
export function progressOf({ graph, weights }: BuiltGraph, steps: number) {
  const named = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const small = named > 0 ? named * SMALL : 1;
  const weightOf = (node: string) => weights[node] ?? small;
  const total = Object.keys(graph).reduce((sum, node) => sum + weightOf(node), 0);
  let parts = new Map<string, number>();
  let step = 0;
  let stage: GenerationStage | null = null;

  function reach(node: string, ratio: number) {
    if (Object.hasOwn(graph, node)) parts.set(node, Math.max(ratio, parts.get(node) ?? 0));
  }

  /** What of it is new; null when nothing is. */
  return (news: SocketNews): Progress | null => {
    if (news.type === 'started') parts = new Map();
    if (news.type === 'cached') for (const node of news.nodes) reach(node, 1);
    if (news.type === 'executed') reach(news.node, 1);
    if (news.type === 'progress')
      for (const { node, ratio, isFinished } of news.nodes) reach(node, isFinished ? 1 : ratio);
    const before = { step, stage };
    if (news.type === 'executing' && news.node !== null)
      stage = stageOf(graph[news.node]?.class_type ?? '') ?? stage;
    const done = [...parts].reduce((sum, [node, ratio]) => sum + weightOf(node) * ratio, 0);
    // The last step is the file that was fetched and checked.
    step = Math.max(step, Math.min(steps - 1, Math.floor((done / total) * steps)));
    return step === before.step && stage === before.stage ? null : { step, stage };
  };
}
