import type { Folder, Installed, InstalledInput, InstalledNode } from '../installed.ts';
import { type Inputs, NODES, type NodeClass, type Outputs } from './nodes.ts';

export type Graph = Record<string, { class_type: string; inputs: Record<string, unknown> }>;

/** What the installed ComfyUI cannot do of it. `parameter` is the path in our input, such as `controlNet.mode`. */
export type Objection = { parameter: string; reason: string };

/**
 * A graph that is being drawn for one ComfyUI. What that lacks becomes an objection, and drawing goes on, so that all of it is told
 * at once. Only a draft without objections is sent. So what can be done is known from the drawing itself, and cannot disagree with it.
 */
export type Draft = {
  installed: Installed;
  graph: Graph;
  objections: Objection[];
  /** Whose part is drawn, for objections to it. */
  parameter: string;
};

export const newDraft = (installed: Installed): Draft => ({
  ...{ installed, graph: {}, objections: [], parameter: 'baseModel' },
});

/** For the part of another parameter of ours, in the same graph. */
export const within = (draft: Draft, parameter: string): Draft => ({ ...draft, parameter });

export function objectTo(draft: Draft, reason: string, parameter = draft.parameter): void {
  const isKnown = draft.objections.some((known) => known.parameter === parameter && known.reason === reason);
  if (!isKnown) draft.objections.push({ parameter, reason });
}

/** Adds a node and gives its outputs. */
export function add<Class extends NodeClass>(
  draft: Draft,
  name: Class,
  inputs: Inputs<Class>,
): Outputs<Class> {
  const given: Record<string, unknown> = {};
  for (const [input, value] of Object.entries(inputs)) if (value !== null) given[input] = value;
  const node = draft.installed.nodes.get(name);
  if (node === undefined) objectTo(draft, lacksNode(name));
  else fitTo(draft, { name, node, given });
  const id = String(Object.keys(draft.graph).length + 1);
  draft.graph[id] = { class_type: name, inputs: given };
  return NODES[name].out.map((_, slot) => [id, slot]) as Outputs<Class>;
}

/** False, with an objection, when one of them is not installed: what they are for need not be drawn then. */
export function has(draft: Draft, ...names: NodeClass[]): boolean {
  const missing = names.filter((name) => !draft.installed.nodes.has(name));
  for (const name of missing) objectTo(draft, lacksNode(name));
  return missing.length === 0;
}

const PACKS: [RegExp, string][] = [
  [/^IPAdapter/, 'ComfyUI_IPAdapter_plus'],
  [/^(FaceDetailer|SAMLoader)$/, 'ComfyUI-Impact-Pack'],
  [/^Ultralytics/, 'ComfyUI-Impact-Subpack'],
];

function lacksNode(name: string): string {
  const pack = PACKS.find(([pattern]) => pattern.test(name))?.[1];
  if (pack === undefined) return `Needs a newer ComfyUI: this one has no node ${name}.`;
  return `Needs ${pack}, which ComfyUI has not loaded.`;
}

/** Names that are newer than what we know: pictures and LoRAs are put there for this very graph. */
const PUT_THERE_BY_US = new Set(['image', 'lora_name']);
const PARAMETERS: Record<string, string> = { sampler_name: 'sampler', scheduler: 'scheduler' };

/** Other versions of a node may want more than we know, or know less than we give. */
function fitTo(
  draft: Draft,
  { name, node, given }: { name: NodeClass; node: InstalledNode; given: Record<string, unknown> },
) {
  for (const [input, { isRequired, default: value }] of node.inputs) {
    if (!isRequired || input in given) continue;
    if (value === undefined) objectTo(draft, incompatible(name, `it wants “${input.slice(0, 60)}”`));
    else given[input] = value;
  }
  for (const [input, value] of Object.entries(given)) {
    const told = node.inputs.get(input);
    if (told === undefined) objectTo(draft, incompatible(name, `it does not know “${input}”`));
    else if (!takes(told, input, value))
      objectTo(draft, `ComfyUI's ${name} has no ${input} “${value}”.`, PARAMETERS[input] ?? draft.parameter);
  }
  if (NODES[name].out.some((type, slot) => node.outputs[slot] !== type))
    objectTo(draft, incompatible(name, 'it gives something else'));
}

function takes({ options }: InstalledInput, input: string, value: unknown): boolean {
  if (options === null || typeof value !== 'string' || PUT_THERE_BY_US.has(input)) return true;
  // A file that is missing has its objection already.
  return value === MISSING || options.includes(value);
}

const incompatible = (name: string, why: string) =>
  `The installed version of the node ${name} is incompatible: ${why}.`;

// ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A file that is recognised by its name, because ComfyUI tells no more of it. */
export type FileNeed = {
  folder: Folder;
  /** The best first. Looked for in the path below the folder, with `/` in it. */
  names: RegExp[];
  /** What every one of them has in its path besides, such as the name of a family. */
  also?: RegExp;
  /** What is none of them, although its name says so. */
  not?: RegExp;
  /** What to put there, for people. */
  example: string;
};

const MISSING = '';

/** The best that is there; of equal ones the one that cannot hold code, then the first by name. */
export function findFile(installed: Installed, { folder, names, also, not }: FileNeed): string | null {
  const files = installed.files[folder]
    .map((name) => ({ name, path: name.replaceAll('\\', '/') }))
    .filter(({ path }) => also?.test(path) !== false && !not?.test(path))
    .sort((a, b) => byFormat(a.path) - byFormat(b.path) || (a.path < b.path ? -1 : 1));
  for (const pattern of names) {
    const found = files.find(({ path }) => pattern.test(path));
    if (found) return found.name;
  }
  return null;
}

/** A pickle runs what it holds when it is loaded. */
const byFormat = (path: string) => (/\.(safetensors|sft)$/i.test(path) ? 0 : 1);

export const asPlace = ({ folder, example }: FileNeed) => `${example} in models/${folder}`;

/** Its name, or one that stands for it, with an objection. */
export function needFile(draft: Draft, need: FileNeed): string {
  const found = findFile(draft.installed, need);
  if (found === null) objectTo(draft, `A model is missing: ${asPlace(need)}.`);
  return found ?? MISSING;
}
