import { sentenceCase } from '../ui/format.ts';

/** `deleteCharacter` → `Delete character`. */
export function operationWords(operation: string): string {
  return sentenceCase(split(operation))
    .replace(/\bapi\b/g, 'API')
    .replace(/\blora\b/g, 'LoRA');
}

type Outcome = { tone: 'good' | 'warn' | 'bad'; word: string };

/** What came of it: done, refused for a reason that the caller was told, or failed in a way that nobody foresaw. */
export function outcomeWords(outcome: string): Outcome {
  if (outcome === 'Success') return { tone: 'good', word: 'Done' };
  if (outcome === 'Error') return { tone: 'bad', word: 'Failed' };
  return { tone: 'warn', word: `Refused: ${split(outcome).toLowerCase()}` };
}

const split = (camelCase: string) => camelCase.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
