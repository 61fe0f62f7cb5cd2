import {
  type BaseModel,
  type EngineHealth,
  type GenerationPlan,
  generationEngine,
  type Parameter,
  type TrainingPlan,
  trainingEngine,
} from './engines/engine.ts';
import { env } from './env.ts';
import { type InputIssue, InvalidInput, UserError } from './errors.ts';

/** The mode only chooses the engines; everything else is the same code. */
const ENGINES = {
  'fast-test': { training: 'fast-test', generation: 'fast-test', download: 'huggingface' },
  production: { training: 'ai-toolkit', generation: 'comfyui', download: 'huggingface' },
} as const;

export const engineNames = ENGINES[env.ISENGARD_MODE];

export const trainingCapabilities = async () => (await trainingEngine(engineNames.training)).capabilities();
export const generationCapabilities = async () =>
  (await generationEngine(engineNames.generation)).capabilities();

/** How the engine of a queue is, asked of it here; null for a queue that has none. */
export function engineHealth(queue: string): Promise<EngineHealth> | null {
  const [kind, name = ''] = queue.split('.');
  if (kind === 'training') return trainingEngine(name).then((engine) => engine.health());
  if (kind === 'generation') return generationEngine(name).then((engine) => engine.health());
  return null;
}

export const trainingNeeds = async (plan: TrainingPlan) =>
  (await trainingEngine(engineNames.training)).needs(plan);
export const generationObjections = async (plan: GenerationPlan) =>
  (await generationEngine(engineNames.generation)).objections(plan);

/** The model files that the engine lists, by folder; null when it lists none, or cannot be asked now. */
export const generationModels = async () =>
  (await generationEngine(engineNames.generation)).models?.() ?? null;

/** Fails with a sentence when this version lacks an engine of its mode: better at the start than at the first job. */
export const checkEngines = () => Promise.all([trainingCapabilities(), generationCapabilities()]);

export class UnsupportedParameter extends UserError {
  readonly code = 'UNSUPPORTED_PARAMETER';
  readonly parameter: string;
  readonly reason: string;

  constructor(parameter: string, reason: string) {
    super(`This engine cannot do \`${parameter}\`: ${reason}`);
    this.parameter = parameter;
    this.reason = reason;
  }
}

/** The one that is asked for, or else the first that can be used now. */
export function pickBaseModel(baseModels: BaseModel[], id: string | null | undefined): BaseModel {
  const usable = baseModels.filter(({ unsupported }) => unsupported === null);
  const model = id == null ? (usable[0] ?? baseModels[0]) : baseModels.find((known) => known.id === id);
  if (model === undefined)
    throw new UnsupportedParameter('baseModel', `it has ${baseModels.map((known) => known.id).join(', ')}.`);
  if (model.unsupported !== null) throw new UnsupportedParameter('baseModel', model.unsupported);
  return model;
}

/** Of a base model that a LoRA was trained for; of one that the engine has no more, its own name. */
export async function trainingFamily(baseModel: string): Promise<string> {
  const { baseModels } = await trainingCapabilities();
  return baseModels.find(({ id }) => id === baseModel)?.family ?? baseModel;
}

/** The defaults of the engine, by name. */
export const defaultsOf = (parameters: Parameter[]): Record<string, unknown> =>
  Object.fromEntries(parameters.map(({ name, default: value }) => [name, value]));

/**
 * Checks values against what the engine advertises: the same data that the forms are drawn from, so that a form and the
 * API cannot disagree. Everything that is outside its limits is told at once. `path` stands before the names.
 */
export function checkParameters(parameters: Parameter[], values: Record<string, unknown>, path = '') {
  const issues: InputIssue[] = [];
  for (const parameter of parameters) {
    const value = values[parameter.name];
    if (value === undefined || value === null) continue;
    const field = path + parameter.name;
    if (parameter.unsupported !== null && value !== parameter.default)
      throw new UnsupportedParameter(field, parameter.unsupported);
    const message = complaint(parameter, value, field);
    if (message !== null) issues.push({ field, message });
  }
  if (issues.length > 0) throw new InvalidInput(issues);
}

function complaint(parameter: Parameter, value: unknown, field: string): string | null {
  switch (parameter.type) {
    case 'INTEGER':
    case 'FLOAT':
      return numberComplaint(parameter, value);
    case 'CHOICE': {
      const option = parameter.options.find((candidate) => candidate.value === String(value));
      if (option?.unsupported) throw new UnsupportedParameter(field, option.unsupported);
      return option
        ? null
        : `Must be one of ${parameter.options.map((candidate) => candidate.value).join(', ')}.`;
    }
    case 'TEXT': {
      // A list of texts has its own rules, which its domain checks.
      if (Array.isArray(value)) return null;
      const length = [...String(value)].length;
      return length <= parameter.maxLength
        ? null
        : `Has ${length} characters; the limit is ${parameter.maxLength}.`;
    }
    case 'BOOLEAN':
      return null;
  }
}

function numberComplaint(parameter: Extract<Parameter, { type: 'INTEGER' | 'FLOAT' }>, value: unknown) {
  const { minimum, maximum, step, type } = parameter;
  const unit = parameter.unit === null ? '' : ` ${parameter.unit}`;
  if (typeof value !== 'number' || Number.isNaN(value) || value < minimum || value > maximum)
    return `Must be from ${minimum} to ${maximum}${unit}; it is ${value}.`;
  if (type === 'INTEGER' && !Number.isInteger(value)) return `Must be a whole number; it is ${value}.`;
  if (type === 'INTEGER' && step !== null && step > 1 && (value - minimum) % step !== 0)
    return `Must be a multiple of ${step}; it is ${value}.`;
  return null;
}
