import type { Parameter } from './engine.ts';

type Described = { name: string; label: string; description: string; group: string };
type Extra = { unit?: string; isAdvanced?: boolean };
type Range = Described & Extra & { minimum: number; maximum: number; step?: number; default: number | null };
type Choice = Described & Extra & { options: Record<string, string>; default: string };
type Text = Described & Extra & { maxLength: number; default: string };

const complete = ({ name, label, description, group, unit, isAdvanced }: Described & Extra) => ({
  ...{ name, label, description, group, unit: unit ?? null },
  isAdvanced: isAdvanced ?? false,
  unsupported: null,
});

export const integer = (range: Range): Parameter => ({
  ...complete(range),
  ...{
    type: 'INTEGER',
    minimum: range.minimum,
    maximum: range.maximum,
    step: range.step ?? 1,
    default: range.default,
  },
});

export const float = (range: Range): Parameter => ({
  ...complete(range),
  ...{
    type: 'FLOAT',
    minimum: range.minimum,
    maximum: range.maximum,
    step: range.step ?? null,
    default: range.default,
  },
});

export const choice = ({ options, default: chosen, ...described }: Choice): Parameter => ({
  ...complete(described),
  type: 'CHOICE',
  options: Object.entries(options).map(([value, label]) => ({ value, label, unsupported: null })),
  default: chosen,
});

export const text = ({ maxLength, default: given, ...described }: Text): Parameter => ({
  ...complete(described),
  ...{ type: 'TEXT', maxLength, default: given },
});

export const toggle = ({
  default: given,
  ...described
}: Described & Extra & { default: boolean }): Parameter => ({
  ...complete(described),
  ...{ type: 'BOOLEAN', default: given },
});
