import type { ComfyuiBaseModel } from '../base-model.ts';
import { add, type Draft, objectTo } from './draft.ts';
import type { Link } from './nodes.ts';
import type { GraphRequest } from './request.ts';

export type Prompts = { positive: Link<'CONDITIONING'>; negative: Link<'CONDITIONING'> };

export function encode(
  draft: Draft,
  clip: Link<'CLIP'>,
  { config, base: { sampling, lacks } }: Pick<GraphRequest, 'config'> & { base: ComfyuiBaseModel },
): Prompts {
  const [text] = add(draft, 'CLIPTextEncode', { text: config.prompt, clip });
  if (sampling.by === 'negative') {
    const [negative] = add(draft, 'CLIPTextEncode', { text: config.negativePrompt, clip });
    return { positive: text, negative };
  }
  const lack = lacks.find(({ parameter }) => parameter === 'negativePrompt');
  if (config.negativePrompt !== '') objectTo(draft, lack?.reason ?? 'It has none.', 'negativePrompt');
  // Nothing is guided away from it; it is there because some nodes want one.
  const [negative] = add(draft, 'ConditioningZeroOut', { conditioning: text });
  if (!sampling.hasGuidance) return { positive: text, negative };
  const [positive] = add(draft, 'FluxGuidance', { conditioning: text, guidance: config.guidanceScale });
  return { positive, negative };
}
