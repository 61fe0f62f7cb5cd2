import { type FamilyGuess, familyOf } from './lora-family.ts';
import {
  isIncomplete,
  isMisshapen,
  type LoraFormat,
  type LoraLayer,
  loraLayers,
  rankOf,
} from './lora-layers.ts';
import { titleOf, triggerWordsOf } from './lora-words.ts';
import { readSafetensorsHeader, type SafetensorsHeader } from './safetensors.ts';

/** What a file is, by its header alone: nothing of it is loaded. */
export type LoraKind = FamilyGuess & {
  /** How most of its layers are written; `dora` when they also have magnitudes. */
  kind: LoraFormat | 'dora';
  /** The largest of its layers; 0 when none is of low rank (whole differences, or whole factors of LoKr). */
  rank: number;
  /** As the metadata says; null when it does not, and then it often equals the rank. */
  alpha: number | null;
  /** Whether it changes a text encoder too, and not only what draws. */
  reachesText: boolean;
  title: string | null;
  /** Suggestions, the likeliest first: at most 10 of at most 100 characters. */
  triggerWords: string[];
};

export const NO_LORA_REASONS = [
  'CHECKPOINT',
  'EMBEDDING',
  'NO_PAIR',
  'HALF_A_PAIR',
  'UNKNOWN_TENSOR',
  'BAD_SHAPES',
] as const;
export type NoLoraReason = (typeof NO_LORA_REASONS)[number];

/** A sound safetensors file that is something else; `reason` is for programs, `message` for people. */
export class NoLora extends Error {
  readonly reason: NoLoraReason;

  constructor(reason: NoLoraReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Throws `InvalidSafetensors` or `NoLora`. */
export const loraKindOf = async (path: string): Promise<LoraKind> =>
  loraKind(await readSafetensorsHeader(path));

/** Throws `NoLora`. */
export function loraKind(header: Pick<SafetensorsHeader, 'tensors' | 'metadata'>): LoraKind {
  const { layers, unmatched } = loraLayers(header);
  const changing = layers.filter(({ format }) => format !== null);
  refuseOthers(header, changing, unmatched);
  for (const layer of layers) {
    if (isIncomplete(layer))
      throw new NoLora('HALF_A_PAIR', `Of "${short(layer.name)}" it has only a part of what a LoRA needs.`);
    if (isMisshapen(layer))
      throw new NoLora('BAD_SHAPES', `The matrices of "${short(layer.name)}" do not fit together.`);
  }
  const { metadata } = header;
  const alpha = Number.parseFloat(metadata.get('ss_network_alpha') ?? '');
  return {
    ...familyOf(layers, metadata),
    kind: kindOfMost(layers),
    rank: Math.max(0, ...layers.map(rankOf)),
    alpha: Number.isFinite(alpha) ? alpha : null,
    reachesText: layers.some(({ name }) => TEXT_ENCODER.test(name)),
    title: titleOf(metadata),
    triggerWords: triggerWordsOf(metadata),
  };
}

/** How programs call layers of text encoders: `lora_te1_…`, `text_encoder_2.…`, `text_encoders.t5xxl.…`, `lycoris_te_…`. */
const TEXT_ENCODER = /^(?:(?:lora|lycoris)_te\d?_|(?:lora_)?text_encoders?(?:_\d)?[._]|te\d?[._])/;

/** A name is as long as its file likes. */
const short = (name: string) => (name.length > 80 ? `${name.slice(0, 79)}…` : name);

/** Textual inversions: a few vectors for the text encoder. */
const EMBEDDING = /^(?:emb_params|clip_[lgh]|t5xxl|string_to_param(?:\..*)?|string_to_token(?:\..*)?|<.*>)$/;

/** How the weights of whole models are called, and those of their text encoders and decoders. */
const CHECKPOINT =
  /^(?:model\.|diffusion_model\.|first_stage_model\.|cond_stage_model\.|conditioner\.|(?:text_)?(?:model|encoder|decoder)\.|(?:double|single|joint|input|output|down|up|mid|middle|transformer|single_transformer)_blocks?\.|layers\.|blocks\.|control_model\.|vae\.|unet\.|transformer\.)/;

function refuseOthers(
  { tensors }: Pick<SafetensorsHeader, 'tensors'>,
  layers: LoraLayer[],
  unmatched: string[],
) {
  const [unknown] = unmatched;
  if (layers.length > 0 && unknown !== undefined)
    throw new NoLora(
      'UNKNOWN_TENSOR',
      `It has "${short(unknown)}", which no kind of LoRA that is known has.`,
    );
  if (layers.length > 0) return;
  if (unmatched.some((name) => EMBEDDING.test(name)))
    throw new NoLora('EMBEDDING', 'This is an embedding (a textual inversion), not a LoRA.');
  if (unmatched.some((name) => CHECKPOINT.test(name)))
    throw new NoLora('CHECKPOINT', 'These are the weights of a whole model, not a LoRA for one.');
  const what = tensors.size === 0 ? 'It is empty' : 'It has no pair of low-rank matrices';
  throw new NoLora('NO_PAIR', `${what}, so it is no LoRA.`);
}

function kindOfMost(layers: LoraLayer[]): LoraKind['kind'] {
  const isDora = ({ parts }: LoraLayer) => parts.has('dora_scale') || parts.has('lora_magnitude_vector');
  if (layers.some(isDora)) return 'dora';
  const counts = new Map<LoraFormat, number>();
  for (const { format } of layers) if (format) counts.set(format, (counts.get(format) ?? 0) + 1);
  // A pair says more than any number of whole differences, such as of biases.
  const pairs = [...counts].filter(([format]) => format !== 'diff').sort(([, a], [, b]) => b - a);
  return pairs[0]?.[0] ?? 'diff';
}
