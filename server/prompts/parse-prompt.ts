/** What a prompt is made of; a text is taken as it stands. */
export type Part =
  | { type: 'text'; text: string }
  | { type: 'trigger' }
  | { type: 'wildcard'; name: string }
  | { type: 'choice'; options: Option[] };
export type Option = { weight: number; parts: Part[] };

const LONGEST_NAME = 50;

/** Each character is in exactly one token, and no alternative looks back: the time is that of the text's length. */
const TOKEN = /\\[{}|_\\]|\{trigger\}|__[a-z0-9-]+(?:_[a-z0-9-]+)*__|[{|}]|[^\\{}|_]+|[\s\S]/gi;
const WEIGHT = /^\s*(\d{1,6}(?:\.\d{1,6})?)::/;

/**
 * Reads the syntax of Dynamic Prompts, as far as it is ours: `{a|b}`, `{3::a|1::b}`, `__name__`, `{trigger}`, and `\` before any of
 * `{ } | _ \`. Braces that are not closed, or have no `|`, are text like everything else.
 */
export function parsePrompt(text: string): Part[] {
  const tokens = text.match(TOKEN) ?? [];
  const ofChoices = choicesIn(tokens);
  const top: Part[] = [];
  const open: { options: Option[]; outside: Part[] }[] = [];
  let parts = top;
  for (const [place, token] of tokens.entries()) {
    const inner = open.at(-1);
    if (!ofChoices.has(place)) parts.push(partOf(token));
    else if (token === '{') {
      open.push({ options: [], outside: parts });
      parts = [];
    } else if (inner !== undefined) {
      inner.options.push(optionOf(parts));
      parts = [];
      if (token === '|') continue;
      inner.outside.push({ type: 'choice', options: inner.options });
      parts = inner.outside;
      open.pop();
    }
  }
  return top;
}

/** Places of the braces that are closed and have a bar, and of these bars. */
function choicesIn(tokens: readonly string[]): Set<number> {
  const ofChoices = new Set<number>();
  const open: { start: number; bars: number[] }[] = [];
  for (const [place, token] of tokens.entries()) {
    if (token === '{') open.push({ start: place, bars: [] });
    else if (token === '|') open.at(-1)?.bars.push(place);
    else if (token === '}') {
      const { start = 0, bars = [] } = open.pop() ?? {};
      if (bars.length > 0) for (const own of [start, ...bars, place]) ofChoices.add(own);
    }
  }
  return ofChoices;
}

function partOf(token: string): Part {
  if (/^\{trigger\}$/i.test(token)) return { type: 'trigger' };
  const name = /^__(.+)__$/s.exec(token)?.[1];
  if (name !== undefined && name.length <= LONGEST_NAME)
    return { type: 'wildcard', name: name.toLowerCase() };
  return { type: 'text', text: /^\\[{}|_\\]$/.test(token) ? token.slice(1) : token };
}

function optionOf(parts: Part[]): Option {
  const [first, ...rest] = parts;
  const weight = first?.type === 'text' ? WEIGHT.exec(first.text) : null;
  if (weight === null || first?.type !== 'text') return { weight: 1, parts };
  return {
    weight: Number(weight[1]),
    parts: [{ type: 'text', text: first.text.slice(weight[0].length) }, ...rest],
  };
}

/** The lists that a text may draw from, each once. */
export function wildcardsIn(text: string): string[] {
  // Most lines of a list name none, and there may be many.
  if (!text.includes('__')) return [];
  const tokens = text.match(TOKEN) ?? [];
  const names = tokens.map(partOf).flatMap((part) => (part.type === 'wildcard' ? [part.name] : []));
  return [...new Set(names)];
}
