/** What one ComfyUI has, read from `/object_info` and `/models/{folder}`. Foreign data: what has not the expected form is left out. */

export type InstalledInput = {
  isRequired: boolean;
  /** `INT`, `FLOAT`, `STRING`, `BOOLEAN`, `COMBO`, or what a link carries, such as `MODEL`. */
  type: string;
  /** Of a COMBO; null for everything else, and for a COMBO that tells none. */
  options: string[] | null;
  /** What the node's own form begins with; undefined when there is none. */
  default: unknown;
};

export type InstalledNode = { inputs: Map<string, InstalledInput>; outputs: string[] };

/** The folders of models that our graphs take files from, each with the input that lists its files. */
const FOLDERS = {
  checkpoints: ['CheckpointLoaderSimple', 'ckpt_name'],
  diffusion_models: ['UNETLoader', 'unet_name'],
  text_encoders: ['CLIPLoader', 'clip_name'],
  vae: ['VAELoader', 'vae_name'],
  controlnet: ['ControlNetLoader', 'control_net_name'],
  upscale_models: ['UpscaleModelLoader', 'model_name'],
  ipadapter: ['IPAdapterModelLoader', 'ipadapter_file'],
  clip_vision: ['CLIPVisionLoader', 'clip_name'],
  // Its names begin with `bbox/` or `segm/`, for two folders of that pack.
  ultralytics: ['UltralyticsDetectorProvider', 'model_name'],
  sams: ['SAMLoader', 'model_name'],
} as const;

export type Folder = keyof typeof FOLDERS;

/** Worth asking `/models/{folder}` for. ComfyUI answers 404 for those that it has not; leave them out then. */
export const FOLDER_NAMES = Object.keys(FOLDERS) as Folder[];

export type Installed = { nodes: Map<string, InstalledNode>; files: Record<Folder, string[]> };

export function installedFrom(objectInfo: unknown, folders: Record<string, string[]>): Installed {
  const nodes = new Map<string, InstalledNode>();
  for (const [name, info] of entriesOf(objectInfo)) {
    const inputs = new Map<string, InstalledInput>();
    const { required, optional } = objectOf(objectOf(info).input);
    // Required ones last, so that they win where a node has a name twice.
    for (const [input, told] of entriesOf(optional)) inputs.set(input, inputFrom(told, false));
    for (const [input, told] of entriesOf(required)) inputs.set(input, inputFrom(told, true));
    nodes.set(name, { inputs, outputs: textsOf(objectOf(info).output) });
  }
  const files = Object.fromEntries(
    FOLDER_NAMES.map((folder) => {
      const [node, input] = FOLDERS[folder];
      const listed = nodes.get(node)?.inputs.get(input)?.options ?? [];
      return [folder, [...new Set([...listed, ...textsOf(folders[folder])])]];
    }),
  ) as Installed['files'];
  return { nodes, files };
}

/** A COMBO comes in two forms: `[["a", "b"], {…}]`, and `["COMBO", { options: ["a", "b"] }]` of newer nodes. */
function inputFrom(told: unknown, isRequired: boolean): InstalledInput {
  const [kind, more] = Array.isArray(told) ? told : [];
  const { options, default: given } = objectOf(more);
  if (typeof kind === 'string' && kind !== 'COMBO')
    return { isRequired, type: kind, options: null, default: given };
  const list = Array.isArray(kind) ? kind : options;
  const texts = Array.isArray(list) ? textsOf(list) : null;
  // Without a default the form of ComfyUI chooses the first.
  return { isRequired, type: 'COMBO', options: texts, default: given ?? texts?.[0] };
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const entriesOf = (value: unknown) => Object.entries(objectOf(value));
const textsOf = (value: unknown) =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
