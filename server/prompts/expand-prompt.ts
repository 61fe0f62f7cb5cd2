import { hash } from 'node:crypto';
import { type Option, type Part, parsePrompt } from './parse-prompt.ts';

/** How often one text may draw: more than a prompt needs, and so little that 64 images, whose lists have long lines, hold nobody up. */
const MOST_DRAWS = 200;

export type Expansion = {
  /** Of the image. The same seed draws the same. */
  seed: number;
  /** Which text of the image it is, as the two draw independently. */
  part: 'prompt' | 'negativePrompt';
  /** Stands for `{trigger}`; empty when nothing is to. */
  trigger: string;
  /** The values of each list that may be drawn from, by its name in lower case. */
  lists: ReadonlyMap<string, readonly string[]>;
  /** Characters that the result may have. */
  limit: number;
};

/** `problem`: why there is no result, in one sentence. */
export type Expanded = { text: string } | { problem: string };

/**
 * What a prompt becomes for one image. Draw n of a text, counted from 0 in the order of reading and only where it comes along, is the
 * number r = (first 32 bits of SHA-256 of `{seed}:{part}:{n}`, big-endian) / 2^32; of options with weights w the first is taken whose
 * sum of weights up to it is above r × (sum of all). This is stable: a seed gives the same text in every version.
 */
export function expandPrompt(text: string, { seed, part, trigger, lists, limit }: Expansion): Expanded {
  let draws = 0;
  let length = 0;
  const words: string[] = [];
  const draw = () => Number.parseInt(hash('sha256', `${seed}:${part}:${draws++}`).slice(0, 8), 16) / 2 ** 32;

  // What is still to be read, the next of it last: a stack of our own, so that no nesting is too deep.
  const waiting: Part[] = parsePrompt(text).reverse();
  const read = (parts: Part[]) => {
    for (const next of parts.toReversed()) waiting.push(next);
  };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    switch (next.type) {
      case 'choice':
        read(weighted(next.options, draw()).parts);
        break;
      case 'wildcard': {
        const values = lists.get(next.name) ?? [];
        read(parsePrompt(values[Math.floor(draw() * values.length)] ?? ''));
        break;
      }
      default: {
        const word = next.type === 'text' ? next.text : trigger;
        words.push(word);
        length += [...word].length;
      }
    }
    if (draws > MOST_DRAWS) return { problem: `It draws more than ${MOST_DRAWS} times.` };
    // A result that is cut off by spaces at its ends may still fit, but not by this much.
    if (length > limit * 2) return { problem: tooLong(limit) };
  }
  const result = words.join('').trim();
  return [...result].length > limit ? { problem: tooLong(limit) } : { text: result };
}

const tooLong = (limit: number) => `It becomes longer than ${limit} characters.`;

/** With weights that are all 0 each counts the same. */
function weighted(options: Option[], r: number): Option {
  const sum = options.reduce((total, { weight }) => total + weight, 0);
  const weightOf = ({ weight }: Option) => (sum === 0 ? 1 : weight);
  let left = r * (sum === 0 ? options.length : sum);
  const taken = options.find((option) => {
    left -= weightOf(option);
    return left < 0;
  });
  return taken ?? options.findLast((option) => weightOf(option) > 0) ?? { weight: 1, parts: [] };
}
