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
import { InvalidInput, isId, NotFound, parseInput } from '../errors.ts';
import { type Lora, lorasByIds } from '../loras/loras.ts';
import type { Texts } from '../prompts/prompts.ts';
import { MAX_SEED, randomSeed } from '../seed.ts';
import { type Axes, checkedGrid, type GridInput, storedGrid } from './grid-input.ts';
import { checkSource, sourcesOf } from './image-sources.ts';
import { NegativePrompt, Prompt, Strength } from './input-rules.ts';
import { planImages, type Use } from './planned-images.ts';

type Row = typeof generations.$inferSelect;
type Parameters = Omit<Row, 'jobId' | 'toggles' | 'grid'>;
type LoraUse = { loraId: string; strength: number };

export type StartGenerationInput = { [Name in keyof Parameters]?: Parameters[Name] | null } & {
  loras?: LoraUse[] | null;
  grid?: GridInput | null;
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

const Given = z.object({
  prompt: Prompt,
  negativePrompt: NegativePrompt,
  loras: z.array(z.object({ loraId: z.string(), strength: Strength })).max(4, 'Must be at most 4 LoRAs.'),
});

/** Everything the engine will be given, checked against what it can do. `made`: as `planImages` takes it. */
export async function checkedInput(input: StartGenerationInput, made: Texts[] | null = null) {
  const capabilities = await generationCapabilities();
  const axes = checkedGrid(input);
  const texts = parseInput(Given, {
    prompt: axes?.prompts?.[0] ?? input.prompt ?? '',
    negativePrompt: input.negativePrompt ?? '',
    loras: input.loras ?? [],
  });
  const { uses, grid } = await usesOf(texts.loras, axes);
  const model = pickBaseModel(capabilities.baseModels, input.baseModel ?? uses[0]?.lora.baseModel);
  const foreign = uses.find(({ lora }) => lora.family !== model.family)?.lora;
  if (foreign)
    throw new UnsupportedParameter(
      'loras',
      `${foreign.name} is for ${foreign.baseModel}, and does not work with ${model.label}.`,
    );

  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null));
  const wanted: Record<string, unknown> = {
    ...defaultsOf(capabilities.parameters),
    ...model.defaults,
    ...given,
    ...texts,
  };
  checkParameters(capabilities.parameters, wanted);
  // Each of them is a parameter of every generation engine, with a default, and was just checked.
  const { width, height, steps, guidanceScale, count, sampler, scheduler } = wanted as unknown as Parameters;
  const seed = grid?.seeds?.[0] ?? input.seed ?? randomSeed();
  if (grid === null && seed > MAX_SEED - count + 1)
    throw new InvalidInput([
      {
        field: 'seed',
        message: `Must be at most ${MAX_SEED - count + 1} for ${count} images; it is ${seed}.`,
      },
    ]);

  const toggles = await checkedToggles(input, capabilities.toggles);
  checkLacks(model, { ...given, ...toggles, negativePrompt: texts.negativePrompt || null });
  const { prompt, negativePrompt } = texts;
  const config = { baseModel: model.id, width, height, steps, guidanceScale, sampler, scheduler };
  const images = await planImages({ prompt, negativePrompt, seed, count, grid, uses }, made);
  const [objection] = await generationObjections({ config, toggles, images });
  if (objection) throw new UnsupportedParameter(objection.parameter, objection.reason);
  const values = { ...config, prompt, negativePrompt, seed, count: images.length, grid, toggles };
  return { uses, images, values };
}

/** The LoRAs at their positions: those of the stack, then those of an axis alone. */
async function usesOf(stack: LoraUse[], axes: Axes | null) {
  const stacked = stack.map(({ loraId }) => loraId);
  const varied = (axes?.loraIds ?? []).filter((id) => id !== null);
  const alone = [...new Set(varied)].filter((id) => !stacked.includes(id));
  const ids = [...stacked, ...alone];
  const found = new Map((await lorasByIds(ids.filter(isId))).map((lora) => [lora.id, lora]));
  const getLora = (id: string): Lora => {
    const lora = found.get(id);
    if (lora === undefined) throw new NotFound('lora', id);
    return lora;
  };
  const uses: Use[] = ids.map((id, position) => ({
    lora: getLora(id),
    strength: stack[position]?.strength ?? null,
  }));
  return { uses, grid: axes && storedGrid(axes, (id) => ids.indexOf(id)) };
}

/** What would do nothing with this model is refused, as what the engine cannot do at all. Its own default asks for nothing. */
function checkLacks({ lacks, defaults }: BaseModel, given: Record<string, unknown>) {
  const own: Record<string, unknown> = defaults;
  const lack = lacks.find(({ parameter }) => given[parameter] != null && given[parameter] !== own[parameter]);
  if (lack) throw new UnsupportedParameter(lack.parameter, lack.reason);
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
