import type {
  BaseModel,
  ControlNetMode,
  GenerationCapabilities,
  GenerationPlan,
  GenerationToggles,
  Parameter,
} from '../engine.ts';
import type { ComfyuiBaseModel } from './base-model.ts';
import { BASE_MODELS } from './families.ts';
import type { Objection } from './graph/draft.ts';
import { drawGraph } from './graph.ts';
import type { Installed } from './installed.ts';
import { generationParameters, TOGGLES } from './parameters.ts';

/**
 * What the installed ComfyUI can do. It is found out by drawing graphs for it (graph/draft.ts), so what is advertised here is what can be
 * drawn. Null: no ComfyUI answers.
 */

const NO_ANSWER = 'ComfyUI does not answer.';

export function capabilitiesOf(
  installed: Installed | null,
  baseModels: ComfyuiBaseModel[] = BASE_MODELS,
): GenerationCapabilities {
  const told = { engine: 'comfyui', label: 'ComfyUI', parameters: generationParameters(installed) };
  if (installed === null) return { ...told, baseModels: baseModels.map(unanswered), toggles: TOGGLES };
  const findings = baseModels.map((base) => tryOut(base, installed));
  return {
    ...told,
    baseModels: findings.map((finding) => asBaseModel(finding, findings)),
    toggles: TOGGLES.map((toggle) => asInstalled(toggle, findings)),
  };
}

export function objectionsTo(
  plan: GenerationPlan,
  installed: Installed | null,
  baseModels: ComfyuiBaseModel[] = BASE_MODELS,
): Objection[] {
  const base = baseModels.find(({ id }) => id === plan.config.baseModel);
  if (base === undefined) return [{ parameter: 'baseModel', reason: 'ComfyUI has no such base model.' }];
  if (installed === null) return [{ parameter: 'baseModel', reason: NO_ANSWER }];
  const toggles = withNames(plan.toggles);
  // Texts matter only as far as there is a negative one.
  const { prompt = '', negativePrompt = '' } =
    plan.images.find((image) => image.negativePrompt !== '') ?? plan.images[0] ?? {};
  const config = { ...plan.config, prompt, negativePrompt };
  const request = { config, toggles, seed: 0, loras: [], filenamePrefix: '' };
  return drawGraph(request, installed, base).objections;
}

/** Which pictures they are does not matter for whether it can be done. */
function withNames({ initImage, controlNet, ipAdapter, ...rest }: GenerationToggles<unknown>) {
  return {
    ...rest,
    initImage: initImage && { ...initImage, reference: '', mask: initImage.mask == null ? null : '' },
    controlNet: controlNet && { ...controlNet, reference: '' },
    ipAdapter: ipAdapter && { ...ipAdapter, reference: '' },
  };
}

// ── Finding out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Toggles = GenerationToggles<unknown>;
type Toggle = GenerationCapabilities['toggles'][number];
type Name = Toggle['name'];

/** Why not, in one sentence; null when it can be done. */
type Obstacle = string | null;

type Finding = {
  base: ComfyuiBaseModel;
  unsupported: Obstacle;
  toggles: Record<Name, Obstacle>;
  modes: Record<ControlNetMode, Obstacle>;
};

const NONE: Toggles = {
  ...{ initImage: null, controlNet: null, ipAdapter: null, faceDetailer: null, upscale: null },
};

/** Draws an image with each toggle by itself. */
function tryOut(base: ComfyuiBaseModel, installed: Installed): Finding {
  const obstacle = (name: Name | 'baseModel', toggles: Partial<Toggles>): Obstacle => {
    const own = objectionsWith(base, installed, toggles).find(({ parameter }) => parameter.startsWith(name));
    return own?.reason ?? null;
  };
  // With a ready map, because whether one is needed is a matter of each request.
  const mode = (name: ControlNetMode) =>
    obstacle('controlNet', { controlNet: { mode: name, reference: '', strength: 1, isMap: true } });
  const modes = { canny: mode('canny'), pose: mode('pose'), depth: mode('depth') };
  return {
    base,
    unsupported: obstacle('baseModel', {}),
    toggles: {
      initImage: obstacle('initImage', { initImage: { reference: '', mask: null, denoise: 1 } }),
      controlNet: Object.values(modes).includes(null) ? null : modes.canny,
      ipAdapter: obstacle('ipAdapter', { ipAdapter: { reference: '', weight: 1 } }),
      faceDetailer: obstacle('faceDetailer', { faceDetailer: { denoise: 1 } }),
      upscale: obstacle('upscale', { upscale: { factor: 4 } }),
    },
    modes,
  };
}

function objectionsWith(
  base: ComfyuiBaseModel,
  installed: Installed,
  toggles: Partial<Toggles>,
): Objection[] {
  const config = {
    ...{
      baseModel: base.id,
      width: 1024,
      height: 1024,
      steps: 20,
      guidanceScale: 1,
      sampler: 'euler',
      scheduler: 'simple',
    },
    ...base.defaults,
  };
  return objectionsTo({ config, toggles: { ...NONE, ...toggles }, images: [] }, installed, [base]);
}

// ── Telling it ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const named = ({ id, label, description, family, resolutions, defaults, lacks }: ComfyuiBaseModel) => ({
  ...{ id, label, description, family, resolutions, defaults, lacks },
});

const unanswered = (base: ComfyuiBaseModel): BaseModel => ({ ...named(base), unsupported: NO_ANSWER });

const isLack = ({ lacks }: ComfyuiBaseModel, name: Name) => lacks.some(({ parameter }) => parameter === name);

/** Beside what it lacks by its nature: what others can do here and it cannot. What none can is told at the toggle itself. */
function asBaseModel({ base, unsupported, toggles }: Finding, all: Finding[]): BaseModel {
  const lacks = TOGGLES.flatMap(({ name }) => {
    const reason = toggles[name];
    const others = all.some((other) => other.toggles[name] === null);
    return reason !== null && others && !isLack(base, name) ? [{ parameter: name, reason }] : [];
  });
  return { ...named(base), lacks: [...base.lacks, ...lacks], unsupported };
}

function asInstalled(toggle: Toggle, findings: Finding[]): Toggle {
  const { name, parameters } = toggle;
  // Of a base model that can never have it one learns nothing about what to install.
  const candidates = findings.filter(({ base }) => !isLack(base, name));
  const told = commonObstacle(candidates, (finding) => finding.toggles[name]);
  if (name !== 'controlNet') return { ...toggle, unsupported: told };
  return {
    ...toggle,
    unsupported: told,
    parameters: parameters.map((known) => withModes(known, candidates)),
  };
}

/** None when one base model has none; else that of a base model which can be used. */
function commonObstacle(findings: Finding[], obstacleOf: (finding: Finding) => Obstacle): Obstacle {
  if (findings.some((finding) => obstacleOf(finding) === null)) return null;
  const first = findings.find(({ unsupported }) => unsupported === null) ?? findings[0];
  return first === undefined ? 'No base model has it.' : obstacleOf(first);
}

function withModes(parameter: Parameter, findings: Finding[]): Parameter {
  if (parameter.name !== 'mode' || parameter.type !== 'CHOICE') return parameter;
  // A ControlNet for a base model that is not there draws nothing.
  const usable = findings.filter(({ unsupported }) => unsupported === null);
  const asked = usable.length > 0 ? usable : findings;
  const options = parameter.options.map((option) => ({
    ...option,
    unsupported: commonObstacle(asked, ({ modes }) => modes[option.value as ControlNetMode]),
  }));
  return { ...parameter, options };
}
