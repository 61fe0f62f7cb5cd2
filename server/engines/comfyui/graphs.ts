import type { GenerationCapabilities, GenerationPlan } from '../engine.ts';
import type { BuiltGraph, GraphRequest } from './graph.ts';
import type { Installed } from './installed.ts';

/** What the driver has to know of graphs: it runs whatever is built, and builds nothing itself. */
export type Graphs = {
  build(request: GraphRequest, installed: Installed): BuiltGraph;
  /** Null: it does not answer. */
  capabilities(installed: Installed | null): GenerationCapabilities;
  objections(plan: GenerationPlan, installed: Installed | null): { parameter: string; reason: string }[];
};
