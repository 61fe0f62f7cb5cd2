import { createHash } from 'node:crypto';

export type StandInGraph = Record<string, { class_type: string; inputs: Record<string, unknown> }>;

/** What comes out of a node, as far as a picture is concerned. `print` is a hash of all that led to it. */
export type Value = { width: number; height: number; print: string };

const isLink = (input: unknown): input is [string, number] =>
  Array.isArray(input) && input.length === 2 && typeof input[0] === 'string' && typeof input[1] === 'number';

/** Inputs through which a picture or its latent comes, the first one wins. */
const PICTURES = ['samples', 'latent_image', 'image', 'images', 'pixels', 'destination'];

const linksOf = (inputs: Record<string, unknown>) => Object.values(inputs).filter(isLink);

/** The nodes that an output needs, in the order in which they run. */
export function orderOf(graph: StandInGraph, outputs: string[]): string[] {
  const order = new Set<string>();
  const visit = (id: string) => {
    if (order.has(id)) return;
    for (const [from] of linksOf(graph[id]?.inputs ?? {})) visit(from);
    order.add(id);
  };
  for (const output of outputs) visit(output);
  return [...order];
}

/** The size as the real node would make it: by its own width and height, a factor, a file, or what comes in. */
export function valueOfNode(
  { class_type, inputs }: StandInGraph[string],
  valueAt: (id: string) => Value,
  sizeOfFile: (name: string) => { width: number; height: number },
): Value {
  const told = Object.entries(inputs).map(([name, input]) => [
    name,
    isLink(input) ? `${valueAt(input[0]).print}/${input[1]}` : input,
  ]);
  const print = createHash('sha256')
    .update(JSON.stringify([class_type, told]))
    .digest('hex');
  const picture = PICTURES.map((name) => inputs[name]).find(isLink);
  const incoming = picture ? valueAt(picture[0]) : { width: 512, height: 512 };
  const scaled = (factor: number) => ({
    width: Math.round(incoming.width * factor),
    height: Math.round(incoming.height * factor),
  });
  const size =
    class_type === 'ImageUpscaleWithModel'
      ? scaled(4)
      : class_type === 'ImageScaleBy'
        ? scaled(Number(inputs.scale_by))
        : /^LoadImage/.test(class_type)
          ? sizeOfFile(String(inputs.image))
          : /^(Empty.*(Image|Latent.*)|ImageScale)$/.test(class_type)
            ? { width: Number(inputs.width), height: Number(inputs.height) }
            : { width: incoming.width, height: incoming.height };
  return { ...size, print };
}

/** How many steps a node tells; 0 for one without a bar. */
export function stepsOf(graph: StandInGraph, id: string): number {
  const { class_type = '', inputs = {} } = graph[id] ?? {};
  if (class_type === 'SamplerCustomAdvanced') {
    const sigmas = isLink(inputs.sigmas) ? graph[inputs.sigmas[0]] : undefined;
    return Number(sigmas?.inputs.steps ?? 20);
  }
  return /^KSampler(Advanced)?$|^FaceDetailer$|^FixtureSteps$/.test(class_type) ? Number(inputs.steps) : 0;
}
