import { hash } from './random.ts';

/** Words share this many places; place 0 belongs to the trigger word alone. */
export const VOCABULARY = 512;

const EVERYDAY = new Set(
  'a an and as at by for from in is it of on or the this to with photo picture image'.split(' '),
);

/** What a text says, as a sparse vector over `VOCABULARY` places. */
export type Embedding = { places: number[]; weights: number[] };

export const wordsOf = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !EVERYDAY.has(word));

/**
 * The trigger word counts 1 wherever it stands; the other words share a length of 1 among themselves. So a long prompt
 * does not weaken the identity, and a caption says no more in total than the trigger word.
 */
export function embed(text: string, triggerWord: string | null): Embedding {
  const trigger = triggerWord === null ? '' : triggerWord.toLowerCase();
  const lower = text.toLowerCase();
  const isTriggered = trigger !== '' && lower.includes(trigger);
  const words = [...new Set(wordsOf(isTriggered ? lower.replaceAll(trigger, ' ') : lower))];
  const places = words.map((word) => 1 + (hash(word) % (VOCABULARY - 1)));
  const weights = words.map(() => 1 / Math.sqrt(words.length));
  return isTriggered ? { places: [0, ...places], weights: [1, ...weights] } : { places, weights };
}

/** A photo is always shown together with its trigger word, whether or not its caption says it. */
export const embedCaption = (caption: string | null, triggerWord: string) =>
  embed(
    `${triggerWord} ${(caption ?? '').toLowerCase().replaceAll(triggerWord.toLowerCase(), ' ')}`,
    triggerWord,
  );

export const withTrigger = (prompt: string, triggerWord: string) =>
  prompt.replaceAll('{trigger}', triggerWord);
