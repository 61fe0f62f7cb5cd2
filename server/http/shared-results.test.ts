import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { expect, test } from 'vitest';
import { EVERYBODY } from '../auth/principal.ts';
import { joinGroup } from './shared-results.ts';

const schema = buildSchema(`
  type Query { event: Event }
  type Event { text(suffix: String): String! }
  type Subscription { events(after: Int, kind: String): Event }
`);
const document = parse(`subscription ($after: Int, $suffix: String) {
  events(after: $after) { text(suffix: $suffix) }
}`);

/** An event that counts how often it was executed, and can be slow or broken. */
function newEvent() {
  let executions = 0;
  return {
    executed: () => executions,
    events: { text: ({ suffix = '' }) => `${++executions}${suffix}` },
  };
}

const args = (variableValues: object): ExecutionArgs => ({
  schema,
  document,
  variableValues: { ...variableValues },
  contextValue: { principal: EVERYBODY },
});

test('an event is executed once for all that ask the same of it, from whatever place they follow', async () => {
  const [first, second, third] = [
    joinGroup(args({ after: 1 })),
    joinGroup(args({ after: 2 })),
    joinGroup(args({})),
  ];
  const other = joinGroup(args({ after: 1, suffix: '!' }));
  const event = newEvent();
  const results = await Promise.all([first, second, third].map((group) => group.resultOf(event)));
  expect(results.map(({ data }) => data?.events)).toMatchObject([
    { text: '1' },
    { text: '1' },
    { text: '1' },
  ]);
  // The same object, so that it becomes text once.
  expect(results[1]).toBe(results[0]);
  expect((await other.resultOf(event)).data?.events).toMatchObject({ text: '2!' });
  for (const group of [first, second, third, other]) group.leave();
});

test('equal words with another event, or without company, are executed anew', async () => {
  const [first, second] = [joinGroup(args({})), joinGroup(args({}))];
  const [one, two] = [newEvent(), newEvent()];
  await first.resultOf(one);
  await second.resultOf(two);
  expect([one.executed(), two.executed()]).toEqual([1, 1]);
  second.leave();
  second.leave();
  await first.resultOf(one);
  expect(one.executed()).toBe(2);
  first.leave();
});
