import type { StartGenerationInput } from '../gql/graphql.ts';
import type { Parameter, Texts } from '../parameters/parameter.ts';
import { defaultText, problemOf, readValue } from '../parameters/parameter.ts';
import { type Aspect, sizeOf } from './aspect.ts';
import {
  EMPTY_GRID,
  type GridDraft,
  gridInputOf,
  gridProblems,
  hasGridPrompts,
  hasGridSeeds,
} from './grid-draft.ts';

export type Reference = {
  kind: 'image' | 'output' | 'reference';
  id: string;
  thumbnailUrl: string;
  label: string;
};
export type LoraUse = { loraId: string; strength: number };
/** `mask`: of an image to start from, where it is to be painted anew; drafts of earlier versions have none. */
export type ToggleDraft = {
  on: boolean;
  texts: Texts;
  reference: Reference | null;
  mask?: Reference | null;
};

/** What stands in the composer; kept in the browser, so a reload loses nothing. */
export type Draft = {
  prompt: string;
  negativePrompt: string;
  aspect: string;
  quality: number;
  count: number;
  baseModel: string | null;
  loras: LoraUse[];
  seed: string;
  isSeedLocked: boolean;
  texts: Texts;
  toggles: Record<string, ToggleDraft>;
  grid: GridDraft;
};

export const EMPTY: Draft = {
  prompt: '',
  negativePrompt: '',
  aspect: '1:1',
  quality: 1,
  count: 4,
  baseModel: null,
  loras: [],
  seed: '',
  isSeedLocked: false,
  texts: {},
  toggles: {},
  grid: EMPTY_GRID,
};

export const MAX_LORAS = 4;
const NEEDS_REFERENCE = ['initImage', 'controlNet', 'ipAdapter'];
/** Drawn by the composer itself, in its own way. */
const OWN_FIELDS = [
  'prompt',
  'negativePrompt',
  'width',
  'height',
  'seed',
  'count',
  'loras',
  'strength',
  'baseModel',
];

export function hasOwnField(parameter: { name: string }): boolean {
  return OWN_FIELDS.includes(parameter.name);
}

export function needsReference(toggle: string): boolean {
  return NEEDS_REFERENCE.includes(toggle);
}

export const takesMask = (toggle: string): boolean => toggle === 'initImage';

export type Facts = {
  parameters: readonly Parameter[];
  toggles: readonly {
    name: string;
    label: string;
    unsupported?: string | null | undefined;
    parameters: readonly Parameter[];
  }[];
  aspects: readonly Aspect[];
  /** With which is drawn; the draft may name none, or one that is gone. */
  baseModel?: string;
};

const MAX_SEED = Number.MAX_SAFE_INTEGER;

export function seedProblem(draft: Pick<Draft, 'seed' | 'isSeedLocked'>): string | undefined {
  if (!draft.isSeedLocked || draft.seed.trim() === '') return undefined;
  const seed = Number(draft.seed);
  if (Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED) return undefined;
  return 'A whole number from 0 to 9,007,199,254,740,991.';
}

/** What keeps the draft from being started, in sentences. */
export function problemsOf(draft: Draft, facts: Facts): string[] {
  const problems: string[] = [];
  if (draft.prompt.trim() === '' && !hasGridPrompts(draft)) problems.push('Write a prompt.');
  if (draft.prompt.length > 2000)
    problems.push(`The prompt has ${draft.prompt.length} characters; the limit is 2,000.`);
  if (draft.negativePrompt.length > 1000)
    problems.push('The negative prompt is longer than 1,000 characters.');
  if (seedProblem(draft) !== undefined && !hasGridSeeds(draft)) problems.push('The seed is not one.');
  problems.push(...gridProblems(draft));
  for (const parameter of facts.parameters) {
    if (hasOwnField(parameter) || parameter.unsupported != null) continue;
    const text = draft.texts[parameter.name];
    if (text !== undefined && problemOf(parameter, text) !== undefined)
      problems.push(`${parameter.label} is out of range.`);
  }
  for (const toggle of facts.toggles) {
    const state = draft.toggles[toggle.name];
    if (state?.on !== true || toggle.unsupported != null) continue;
    if (needsReference(toggle.name) && state.reference === null)
      problems.push(`${toggle.label} needs a reference picture.`);
    for (const parameter of toggle.parameters) {
      const text = state.texts[parameter.name];
      if (text !== undefined && problemOf(parameter, text) !== undefined) {
        problems.push(`${toggle.label}: ${parameter.label} is out of range.`);
      }
    }
  }
  return problems;
}

function valuesOf(parameters: readonly Parameter[], texts: Texts): Record<string, unknown> {
  const entries = parameters
    .filter((parameter) => parameter.unsupported == null && texts[parameter.name] !== undefined)
    .map((parameter): [string, unknown] => {
      const value = readValue(parameter, texts[parameter.name] ?? '');
      const isNumber = parameter.__typename === 'ChoiceParameter' && /^\d+$/.test(String(value));
      return [parameter.name, isNumber ? Number(value) : value];
    })
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function sourceOf(reference: Reference) {
  if (reference.kind === 'image') return { imageId: reference.id };
  return reference.kind === 'output' ? { outputId: reference.id } : { referenceImageId: reference.id };
}

/** The draft as the API takes it. What an engine cannot do is never sent. */
export function inputOf(draft: Draft, facts: Facts): StartGenerationInput {
  const aspect = facts.aspects.find((candidate) => candidate.name === draft.aspect) ?? facts.aspects[0];
  const toggles = facts.toggles
    .filter((toggle) => toggle.unsupported == null && draft.toggles[toggle.name]?.on === true)
    .map((toggle) => {
      const state = draft.toggles[toggle.name];
      const reference = state?.reference ?? null;
      const own = toggle.parameters.filter((parameter) => parameter.name !== 'reference');
      // Every setting is said, also an untouched one: what the form shows is what is asked for.
      const shown = Object.fromEntries(
        own.map((parameter) => [parameter.name, state?.texts[parameter.name] ?? defaultText(parameter)]),
      );
      const mask = takesMask(toggle.name) ? (state?.mask ?? null) : null;
      return [
        toggle.name,
        {
          ...valuesOf(own, shown),
          ...(reference === null ? {} : { reference: sourceOf(reference) }),
          ...(mask === null ? {} : { mask: sourceOf(mask) }),
        },
      ];
    });
  const supportsNegative =
    facts.parameters.find((parameter) => parameter.name === 'negativePrompt')?.unsupported == null;
  const negativePrompt = draft.negativePrompt.trim();
  const grid = gridInputOf(draft);
  const ownSeed = draft.isSeedLocked && draft.seed.trim() !== '' ? Number(draft.seed) : null;
  return {
    prompt: grid?.prompts == null ? draft.prompt.trim() : null,
    negativePrompt: negativePrompt === '' || !supportsNegative ? null : negativePrompt,
    ...(aspect === undefined ? {} : sizeOf(aspect, draft.quality)),
    ...(grid === null ? { count: draft.count } : { grid }),
    seed: grid?.seeds == null ? ownSeed : null,
    baseModel: facts.baseModel ?? draft.baseModel,
    loras: draft.loras.map((use) => ({ loraId: use.loraId, strength: use.strength })),
    ...valuesOf(
      facts.parameters.filter((parameter) => !hasOwnField(parameter)),
      draft.texts,
    ),
    ...Object.fromEntries(toggles),
  };
}

/** Puts a word in front of the prompt, or takes nothing away when it is there already. */
export function withWord(prompt: string, word: string): string {
  if (hasWord(prompt, word)) return prompt;
  return prompt.trim() === '' ? `${word}, ` : `${word}, ${prompt}`;
}

export function hasWord(prompt: string, word: string): boolean {
  return prompt.toLowerCase().includes(word.toLowerCase());
}
