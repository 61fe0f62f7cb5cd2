import { readFile } from 'node:fs/promises';
import { buildSchema, isEnumType } from 'graphql';
import { expect, test } from 'vitest';
import { ROLES, SCOPES, whyForbidden } from './words.ts';

test('a refusal says in words what is missing, and who can mend it', () => {
  expect(whyForbidden(['write:jobs'], 'VIEWER')).toBe(
    'As a viewer you are not allowed to start and stop jobs. An owner can give you another role.',
  );
  expect(whyForbidden(['write:loras', 'admin'], 'EDITOR')).toBe(
    'As an editor you are not allowed to change LoRAs or to administer the studio. An owner can give you another role.',
  );
});

test('what is not about scopes keeps the words of the server', () => {
  expect(whyForbidden([], 'VIEWER')).toBeUndefined();
  expect(whyForbidden(['of tomorrow'], 'OWNER')).toBeUndefined();
});

test('every role and scope of the printed schema has words', async () => {
  const schema = buildSchema(await readFile('schema/schema.graphql', 'utf8'));
  const valuesOf = (name: string) => {
    const type = schema.getType(name);
    return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
  };
  expect(ROLES.map(({ value }) => value).sort()).toEqual(valuesOf('Role').sort());
  expect(SCOPES.map(({ value }) => value).sort()).toEqual(valuesOf('Scope').sort());
});
