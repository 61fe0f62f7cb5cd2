import type { TrainingConfigInput } from '../gql/graphql.ts';
import { defaultText, type Parameter, readValue, type Texts, textOf } from '../parameters/parameter.ts';

type Config = Record<string, unknown>;

/** The form's texts for a preset; without one, the engine's own defaults. */
export function textsOf(parameters: readonly Parameter[], config: Config | null): Texts {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const given = config?.[parameter.name];
      const isWish = given !== undefined && !isFollower(parameter.name, config);
      return [parameter.name, isWish ? textOf(given) : defaultText(parameter)];
    }),
  );
}

/** A preset's seed is a default: empty stays random. An alpha that is the rank: empty goes on to follow it. */
const isFollower = (name: string, config: Config | null) =>
  name === 'seed' || (name === 'alpha' && config?.alpha === config?.rank);

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What the form says as the API takes it. Unsupported parameters are left out, so the server's default holds. */
export function configOf(parameters: readonly Parameter[], texts: Texts): TrainingConfigInput {
  const entries = parameters
    .filter((parameter) => parameter.unsupported == null)
    .map((parameter): [string, unknown] => {
      const text = texts[parameter.name] ?? '';
      if (parameter.name === 'samplePrompts') return [parameter.name, lines(text)];
      const value = readValue(parameter, text);
      // Choices are texts; `resolution` is a choice among numbers.
      const isNumber = parameter.__typename === 'ChoiceParameter' && /^\d+$/.test(String(value));
      return [parameter.name, isNumber ? Number(value) : value];
    })
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as TrainingConfigInput;
}

type Advice = { tone: 'good' | 'warn' | 'bad'; words: string };

/** Whether there are photos enough to learn from. */
export function photoAdvice(count: number): Advice {
  if (count === 0) return { tone: 'bad', words: 'There are no photos yet. A training needs at least one.' };
  if (count < 10) {
    return {
      tone: 'warn',
      words: 'Fewer than 10: it will learn these pictures more than the character. 20–30 is best.',
    };
  }
  if (count < 20) return { tone: 'good', words: 'Enough to start with. 20–30 varied photos train best.' };
  if (count <= 30) return { tone: 'good', words: 'A good number: 20–30 varied photos train best.' };
  return { tone: 'good', words: 'More than the 20–30 that train best: check that each one adds something.' };
}
