import { expect, test } from 'vitest';
import { type Expansion, expandPrompt } from './expand-prompt.ts';

const lists = new Map([
  ['hair', ['red hair', 'blue hair', 'no hair']],
  ['look', ['__hair__ and {green|grey} eyes']],
  ['loop', ['__loop__ __loop__']],
  ['eye_colour-2', ['amber']],
]);

const outcome = (text: string, given: Partial<Expansion> = {}) =>
  expandPrompt(text, { seed: 1, part: 'prompt', trigger: 'mara7', lists, limit: 2000, ...given });
function expanded(text: string, given: Partial<Expansion> = {}): string {
  const made = outcome(text, given);
  if ('problem' in made) throw new Error(made.problem);
  return made.text;
}
const withSeeds = (text: string, count = 300) =>
  Array.from({ length: count }, (_, seed) => expanded(text, { seed }));
const shareOf = (texts: string[], text: string) => texts.filter((one) => one === text).length / texts.length;

test('braces draw one of their options, lists one of their values, also within each other', () => {
  expect(new Set(withSeeds('a {red|green|blue} hat'))).toEqual(
    new Set(['a red hat', 'a green hat', 'a blue hat']),
  );
  expect(new Set(withSeeds('{a|{b|{c|d}}}!'))).toEqual(new Set(['a!', 'b!', 'c!', 'd!']));
  expect(new Set(withSeeds('__hair__'))).toEqual(new Set(lists.get('hair')));
  expect(withSeeds('__look__').every((text) => /^(red|blue|no) hair and gre(en|y) eyes$/.test(text))).toBe(
    true,
  );
  expect(new Set(withSeeds('{very |}good'))).toEqual(new Set(['very good', 'good']));
  expect(expanded('__Eye_Colour-2__')).toBe('amber');
});

test('weights say how often an option comes; those of 0 never do', () => {
  const texts = withSeeds('{3::red|1::green|0::blue}', 1000);
  expect(shareOf(texts, 'red')).toBeGreaterThan(0.7);
  expect(shareOf(texts, 'red')).toBeLessThan(0.8);
  expect(shareOf(texts, 'blue')).toBe(0);
  expect(new Set(withSeeds('{0.5::a|0.5::b}'))).toEqual(new Set(['a', 'b']));
  expect(new Set(withSeeds('{0::a|0::b}'))).toEqual(new Set(['a', 'b']));
});

test('the seed decides, and in every version the same', () => {
  const text = '{a|b|c|d|e|f|g|h} {1|2|3|4|5|6|7|8} __hair__';
  expect([0, 1, 2, 42, Number.MAX_SAFE_INTEGER].map((seed) => expanded(text, { seed }))).toEqual(SEEN);
  expect(expanded(text, { part: 'negativePrompt' })).not.toBe(expanded(text));
  // What is around it changes nothing.
  expect(expanded(`portrait, ${text}, (soft light:1.2)`)).toContain(expanded(text));
});
const SEEN = ['b 6 no hair', 'd 8 red hair', 'c 5 red hair', 'c 7 red hair', 'g 1 red hair'];

test('the trigger words stand where they are wanted', () => {
  expect(expanded('photo of {trigger}, {{trigger}|{trigger}} again')).toBe('photo of mara7, mara7 again');
  expect(expanded('{trigger} on a beach', { trigger: '' })).toBe('on a beach');
  // It is no text to be read once more.
  expect(expanded('{trigger}', { trigger: '{a|b} __hair__' })).toBe('{a|b} __hair__');
});

test('what is not this syntax stays as it is', () => {
  const texts = [
    'a (red:1.3) hat [soft|hard] <lora:x:1> \\(film\\) a\\b',
    '{red} {} { {a} }',
    'a { b | c',
    'a } b | c',
    '_ __ ___ ____ a__b __ hair__ __hair __a b__ snake_case __x',
    `__${'a'.repeat(51)}__`,
    '2 :: 3, 😀 {😀}',
  ];
  for (const text of texts) expect(expanded(text)).toBe(text);
  expect(expanded('{a { {b|b}')).toBe('{a { b');
  expect(expanded('{a|a {c} }')).toMatch(/^a( \{c\})?$/);
});

test('a backslash takes its meaning from what follows', () => {
  expect(expanded('\\{a\\|b\\} \\__hair__ {x\\|y|x\\|y} \\\\')).toBe('{a|b} __hair__ x|y \\');
  expect(expanded('\\{trigger}')).toBe('{trigger}');
});

test('what becomes too long, or draws without end, is told', () => {
  expect(outcome('__hair__'.repeat(20), { limit: 60 })).toEqual({
    problem: 'It becomes longer than 60 characters.',
  });
  expect(outcome('{😀|😀}', { limit: 1 })).toEqual({ text: '😀' });
  expect(outcome('__loop__')).toEqual({ problem: 'It draws more than 200 times.' });
});

test('hostile texts take no time that grows faster than they do', () => {
  const length = 50_000;
  const hostile = [
    '{',
    '}',
    '|',
    '_',
    '\\',
    '{|',
    '{a|',
    '__',
    '__a',
    '_a',
    '__a__b',
    '|}',
    '{}',
    '{{a|b}',
    '3::',
  ];
  for (const piece of hostile) {
    const text = piece.repeat(length / piece.length);
    const nested = piece + text + '}'.repeat(length);
    for (const one of [text, nested]) {
      const made = outcome(one, { limit: 10 * length });
      expect('text' in made ? made.text.length : 0).toBeLessThanOrEqual(one.length);
    }
  }
  const deep = `${'{a|'.repeat(180)}b${'}'.repeat(180)}`;
  expect(expanded(deep)).toMatch(/^[ab]$/);
});
