import { z } from 'zod';
import type { GenerationToggles, generations } from '#schema/generation.ts';
import {
  checkParameters,
  defaultsOf,
  generationCapabilities,
  generationObjections,
  pickBaseModel,
  UnsupportedParameter,
} from '../capabilities.ts';
import type { BaseModel } from '../engines/engine.ts';
import { InvalidInput, isStorable, NotFound, parseInput, UNSTORABLE } from '../errors.ts';
import { findLora } from '../loras/loras.ts';
import { MAX_SEED, randomSeed } from '../seed.ts';
import { checkSource, sourcesOf } from './image-sources.ts';

type Row = typeof generations.$inferSelect;
type Parameters = Omit<Row, 'jobId' | 'toggles'>;
type LoraUse = { loraId: string; strength: number };

export type StartGenerationInput = { [Name in keyof Parameters]?: Parameters[Name] | null } & {
  prompt: string;
  loras?: LoraUse[] | null;
} & { [Name in keyof GenerationToggles]?: WithDefaults<GenerationToggles[Name]> | null };

/** What the engine has a default for may be left out. */
type WithDefaults<Toggle> = Toggle extends { strength: number }
  ? Omit<Toggle, 'strength'> & { strength?: number | null | undefined }
  : Toggle;

const TOGGLES = [
  'initImage',
  'controlNet',
  'ipAdapter',
  'faceDetailer',
  'upscale',
] as const satisfies (keyof GenerationToggles)[];

const text = (min: number, max: number) =>
  z
    .string()
    .trim()
    .refine((value) => [...value].length >= min, 'Must not be empty.')
    .refine((value) => [...value].length <= max, `Must have at most ${max} characters.`)
    .refine(isStorable, UNSTORABLE);

const Texts = z.object({
  prompt: text(1, 2000),
  negativePrompt: text(0, 1000),
  loras: z
    .array(
      z.object({
        loraId: z.string(),
        strength: z.number().min(0, 'Must be from 0 to 2.').max(2, 'Must be from 0 to 2.'),
      }),
    )
    .max(4, 'Must be at most 4 LoRAs.'),
});

/** Everything the engine will be given, checked against what it can do. */
export async function checkedInput(input: StartGenerationInput) {
  const capabilities = await generationCapabilities();
  const texts = parseInput(Texts, {
    prompt: input.prompt,
    negativePrompt: input.negativePrompt ?? '',
    loras: input.loras ?? [],
  });
  const loras = await Promise.all(texts.loras.map(getLoraUse));
  const model = pickBaseModel(capabilities.baseModels, input.baseModel ?? loras[0]?.lora.baseModel);
  const foreign = loras.find(({ lora }) => lora.family !== model.family)?.lora;
  if (foreign)
    throw new UnsupportedParameter(
      'loras',
      `${foreign.name} is for ${foreign.baseModel}, and does not work with ${model.label}.`,
    );

  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
  const values: Record<string, unknown> = {
    ...defaultsOf(capabilities.parameters),
    ...model.defaults,
    ...given,
    ...texts,
  };
  checkParameters(capabilities.parameters, values);
  // Each of them is a parameter of every generation engine, with a default, and was just checked.
  const { width, height, steps, guidanceScale, count, sampler, scheduler } = values as unknown as Parameters;
  const seed = input.seed ?? randomSeed();
  if (seed > MAX_SEED - count + 1)
    throw new InvalidInput([
      {
        field: 'seed',
        message: `Must be at most ${MAX_SEED - count + 1} for ${count} images; it is ${seed}.`,
      },
    ]);

  const toggles = await checkedToggles(input, capabilities.toggles);
  checkLacks(model, { ...given, ...toggles, negativePrompt: texts.negativePrompt || null });
  const { prompt, negativePrompt } = texts;
  const parameters = {
    baseModel: model.id,
    prompt,
    negativePrompt,
    width,
    height,
    steps,
    guidanceScale,
    count,
    sampler,
    scheduler,
    seed,
  };
  const [objection] = await generationObjections({ config: parameters, toggles, images: [texts] });
  if (objection) throw new UnsupportedParameter(objection.parameter, objection.reason);
  return { loras, values: { ...parameters, toggles } };
}

/** What would do nothing with this model is refused, as what the engine cannot do at all. Its own default asks for nothing. */
function checkLacks({ lacks, defaults }: BaseModel, given: Record<string, unknown>) {
  const own: Record<string, unknown> = defaults;
  const lack = lacks.find(({ parameter }) => given[parameter] != null && given[parameter] !== own[parameter]);
  if (lack) throw new UnsupportedParameter(lack.parameter, lack.reason);
}

async function getLoraUse({ loraId, strength }: LoraUse) {
  const lora = await findLora(loraId);
  if (lora === null) throw new NotFound('lora', loraId);
  return { lora, strength };
}

type Toggles = Awaited<ReturnType<typeof generationCapabilities>>['toggles'];

/** What the engine cannot do is refused here, with its reason: nothing is silently left out. */
async function checkedToggles(
  input: StartGenerationInput,
  capabilities: Toggles,
): Promise<GenerationToggles> {
  const toggles: GenerationToggles = {
    initImage: null,
    controlNet: null,
    ipAdapter: null,
    faceDetailer: null,
    upscale: null,
  };
  for (const name of TOGGLES) {
    const value = input[name];
    if (value == null) continue;
    const toggle = capabilities.find((candidate) => candidate.name === name);
    const reason = toggle === undefined ? 'it does not know it.' : toggle.unsupported;
    if (toggle === undefined || reason !== null) throw new UnsupportedParameter(name, reason ?? '');
    const given: Record<string, unknown> = { ...value };
    const whole = { ...given, ...defaultsOf(toggle.parameters.filter((known) => given[known.name] == null)) };
    checkParameters(toggle.parameters, whole, `${name}.`);
    Object.assign(toggles, { [name]: whole });
  }
  for (const source of sourcesOf(toggles)) await checkSource(source);
  return toggles;
}
