import { readFile } from 'node:fs/promises';
import { buildSchema, isInterfaceType } from 'graphql';
import { expect, test } from 'vitest';
import { possibleTypes } from './possible-types.ts';

test('every interface of the printed schema is known, with all its types', async () => {
  const schema = buildSchema(await readFile('schema/schema.graphql', 'utf8'));
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
  const printed = interfaces.map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map((possible) => possible.name)
      .sort(),
  ]);
  const known = Object.entries(possibleTypes).map(([name, types]) => [name, [...types].sort()]);
  expect(Object.fromEntries(known)).toEqual(Object.fromEntries(printed));
});
