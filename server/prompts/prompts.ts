import { inArray } from 'drizzle-orm';
import { wildcards } from '#schema/prompts.ts';
import { db } from '../db.ts';
import { UserError } from '../errors.ts';
import { expandPrompt } from './expand-prompt.ts';
import { wildcardsIn } from './parse-prompt.ts';

/** How deep lists may name lists, and how many may come together. */
const DEEPEST = 10;
const MOST_LISTS = 100;

export const PROMPT_LIMIT = 2000;
export const NEGATIVE_LIMIT = 1000;

export class UnknownWildcard extends UserError {
  readonly code = 'UNKNOWN_WILDCARD';
  readonly wildcard: string;

  constructor(name: string) {
    super(`There is no wildcard list "${name}". Make one, or write \\__${name}__ for the text itself.`);
    this.wildcard = name;
  }
}

export class WildcardNesting extends UserError {
  readonly code = 'WILDCARD_NESTING';
  readonly path: string[];

  constructor(path: string[], why: string) {
    super(`${why} ${path.join(' → ')}.`);
    this.path = path;
  }
}

/** What `{trigger}` stands for, with these LoRAs: the words of each, once and in their order. */
export const triggerWordsOf = (loras: { triggerWord: string | null }[]): string[] => [
  ...new Set(loras.flatMap(({ triggerWord }) => triggerWord ?? [])),
];

/** Two texts of an image, as they are written or as they have become. */
export type Texts = { prompt: string; negativePrompt: string };
export type Wish = Texts & { seed: number; triggerWords: string[] };
/** `problems`: of each text that cannot be, in one sentence. */
export type Outcome = { texts: Texts; problems: { field: keyof Texts; message: string }[] };

/**
 * Reads each list that these texts may draw from, and resolves to what makes an image's texts of them. Throws UnknownWildcard and
 * WildcardNesting, whether or not a draw would come along there: what can be started with one seed can be with each.
 */
export async function textsMaker(texts: readonly string[]): Promise<(wish: Wish) => Outcome> {
  const lists = await readLists(texts);
  return ({ prompt, negativePrompt, seed, triggerWords }) => {
    const shared = { seed, lists, trigger: triggerWords.join(', ') };
    const made = {
      prompt: expandPrompt(prompt, { ...shared, part: 'prompt', limit: PROMPT_LIMIT }),
      negativePrompt: expandPrompt(negativePrompt, {
        ...shared,
        part: 'negativePrompt',
        limit: NEGATIVE_LIMIT,
      }),
    };
    const problems = (['prompt', 'negativePrompt'] as const).flatMap((field) => {
      const one = made[field];
      if ('problem' in one) return [{ field, message: one.problem }];
      return field === 'prompt' && one.text === '' ? [{ field, message: 'Nothing is left of it.' }] : [];
    });
    const textOf = (field: keyof Texts) => ('text' in made[field] ? made[field].text : '');
    return { texts: { prompt: textOf('prompt'), negativePrompt: textOf('negativePrompt') }, problems };
  };
}

/** With those that their values name. */
async function readLists(texts: readonly string[]): Promise<Map<string, string[]>> {
  const lists = new Map<string, string[]>();
  const named = new Map<string, string[]>();
  const top = namesIn(texts);
  for (let wanted = top; wanted.length > 0; ) {
    if (lists.size + wanted.length > MOST_LISTS)
      throw new WildcardNesting(top, `More than ${MOST_LISTS} lists come together, from`);
    const rows = await db.select().from(wildcards).where(inArray(wildcards.name, wanted));
    for (const { name, values } of rows) {
      lists.set(name, values);
      named.set(name, namesIn(values));
    }
    const missing = wanted.find((name) => !lists.has(name));
    if (missing !== undefined) throw new UnknownWildcard(missing);
    const next = rows.flatMap(({ name }) => named.get(name) ?? []);
    wanted = [...new Set(next)].filter((name) => !lists.has(name));
  }
  checkNesting(top, named);
  return lists;
}

const namesIn = (texts: readonly string[]) => [...new Set(texts.flatMap(wildcardsIn))];

/** Looks at each list once, however many ways lead to it. */
function checkNesting(top: string[], named: ReadonlyMap<string, string[]>) {
  const depths = new Map<string, number>();
  function depthOf(name: string, path: string[]): number {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const way = [...path, name];
    if (path.includes(name)) throw new WildcardNesting(way, 'A list leads back to itself:');
    const below = (named.get(name) ?? []).map((inner) => depthOf(inner, way));
    const depth = 1 + Math.max(0, ...below);
    if (depth > DEEPEST)
      throw new WildcardNesting([name], `Lists name lists more than ${DEEPEST} deep, beginning at`);
    depths.set(name, depth);
    return depth;
  }
  for (const name of top) depthOf(name, []);
}
