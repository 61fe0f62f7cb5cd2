import { formatCount } from '../ui/format.ts';

type Common = { name: string; unsupported?: string | null | undefined };

/** What the client needs of a parameter that an engine advertises. */
export type Parameter =
  | (Common & {
      __typename: 'NumberParameter';
      label: string;
      unit?: string | null | undefined;
      isInteger: boolean;
      minimum: number;
      maximum: number;
      defaultNumber?: number | null | undefined;
    })
  | (Common & {
      __typename: 'ChoiceParameter';
      label: string;
      options: { value: string; label: string; unsupported?: string | null | undefined }[];
      defaultChoice: string;
    })
  | (Common & { __typename: 'BooleanParameter'; label: string; defaultBoolean: boolean })
  | (Common & { __typename: 'TextParameter'; label: string; maxLength: number; defaultText: string });

/** A form holds what was typed; only `readValue` makes a value of it. */
export type Texts = Record<string, string>;

export function defaultText(parameter: Parameter): string {
  switch (parameter.__typename) {
    case 'NumberParameter':
      return parameter.defaultNumber == null ? '' : textOf(parameter.defaultNumber);
    case 'ChoiceParameter':
      return parameter.defaultChoice;
    case 'BooleanParameter':
      return String(parameter.defaultBoolean);
    case 'TextParameter':
      return parameter.defaultText;
  }
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join('\n');
  // 0.00005 is read and typed more easily than 5e-5 is; below that the exponent wins.
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 0.001) return value.toExponential();
  return String(value);
}

function readNumber(text: string): number {
  return Number(text.trim().replace(',', '.'));
}

function bound(value: number, isInteger: boolean): string {
  return isInteger && value < 1e9 ? formatCount(value) : textOf(value);
}

/** What is wrong with what was typed, naming the limit; undefined when nothing is. */
export function problemOf(parameter: Parameter, text: string): string | undefined {
  if (parameter.__typename === 'TextParameter') {
    if (text.length <= parameter.maxLength) return undefined;
    return `${formatCount(text.length)} characters; the limit is ${formatCount(parameter.maxLength)}.`;
  }
  if (parameter.__typename === 'ChoiceParameter') {
    const option = parameter.options.find((candidate) => candidate.value === text);
    if (option === undefined)
      return `Choose one of ${parameter.options.map((known) => known.label).join(', ')}.`;
    return option.unsupported ?? undefined;
  }
  if (parameter.__typename === 'BooleanParameter') return undefined;
  if (text.trim() === '') return parameter.defaultNumber == null ? undefined : 'A number is needed.';
  const value = readNumber(text);
  const { minimum, maximum, isInteger } = parameter;
  if (Number.isNaN(value)) return 'That is not a number.';
  if (isInteger && !Number.isInteger(value)) return 'Only whole numbers.';
  if (value < minimum) return `The least is ${bound(minimum, isInteger)}.`;
  if (value > maximum) return `The most is ${bound(maximum, isInteger)}.`;
  return undefined;
}

/** The value for the API; undefined leaves it to the server. */
export function readValue(parameter: Parameter, text: string): number | string | boolean | undefined {
  switch (parameter.__typename) {
    case 'NumberParameter':
      return text.trim() === '' ? undefined : readNumber(text);
    case 'ChoiceParameter':
      return text;
    case 'BooleanParameter':
      return text === 'true';
    case 'TextParameter':
      return text;
  }
}

/** `1 to 20,000 steps`. */
export function rangeOf(parameter: Parameter): string | undefined {
  if (parameter.__typename !== 'NumberParameter') return undefined;
  if (parameter.maximum >= Number.MAX_SAFE_INTEGER) return 'Empty: random';
  const { minimum, maximum, isInteger } = parameter;
  return `${bound(minimum, isInteger)} to ${bound(maximum, isInteger)}${parameter.unit == null ? '' : ` ${parameter.unit}`}`;
}

/** 2e-4 and 0.0002 are the same, so a respelling is no difference. */
export function isSame(parameter: Parameter, left: string, right: string): boolean {
  if (parameter.__typename !== 'NumberParameter') return left.trim() === right.trim();
  if (left.trim() === '' || right.trim() === '') return left.trim() === right.trim();
  return readNumber(left) === readNumber(right);
}
