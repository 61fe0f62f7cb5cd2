import { expect, test } from 'vitest';
import { operationWords, outcomeWords } from './audit-words.ts';

test('an entry is read as words', () => {
  expect(operationWords('deleteCharacter')).toBe('Delete character');
  expect(operationWords('createApiKey')).toBe('Create API key');
  expect(operationWords('renameLora')).toBe('Rename LoRA');
  expect(operationWords('signIn')).toBe('Sign in');
});

test('what was refused says why, and is told apart from what failed', () => {
  expect(outcomeWords('Success')).toEqual({ tone: 'good', word: 'Done' });
  expect(outcomeWords('WrongCredentials')).toEqual({ tone: 'warn', word: 'Refused: wrong credentials' });
  expect(outcomeWords('Error')).toEqual({ tone: 'bad', word: 'Failed' });
});
