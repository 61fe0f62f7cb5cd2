import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  Kind,
  visit,
} from 'graphql';
import { accessOf } from '../auth/principal.ts';
import type { Context } from '../builder.ts';
import { withFewErrors } from './few-errors.ts';

/** Longer ago, a result may differ from what the same event gives now: a place in line moves, a picture is deleted. */
const FRESH_MS = 1000;
/** Equal subscribers are at most a few events apart; who is further behind has its events executed anew. */
const KEPT = 32;

/** Subscriptions of the same words: what one of them makes of an event, the others send too. */
type Made = { at: number; result: Result };
type Result = ExecutionResult | Promise<ExecutionResult>;
type Group = { members: number; results: Map<object, Made> };
const groups = new Map<string, Group>();

/**
 * Executes the events of one subscription, each once for all subscriptions that are equal to it. Followers of a topic are
 * given the same objects, so it is the object that says which event it is.
 */
export function joinGroup(args: ExecutionArgs) {
  const key = keyOf(args);
  const group = groups.get(key) ?? { members: 0, results: new Map() };
  groups.set(key, group);
  group.members++;
  let isMember = true;

  return {
    resultOf(event: unknown): Result {
      if (group.members === 1 || typeof event !== 'object' || event === null)
        return executeEvent(args, event);
      const now = performance.now();
      const made = group.results.get(event);
      if (made !== undefined && now - made.at < FRESH_MS) return made.result;
      for (const [old, { at }] of group.results)
        if (group.results.size >= KEPT || now - at >= FRESH_MS) group.results.delete(old);
      return remember(group, event, { at: now, result: executeEvent(args, event) });
    },
    leave() {
      if (!isMember) return;
      isMember = false;
      if (--group.members === 0) groups.delete(key);
    },
  };
}

/**
 * graphql-js executes every event of a subscription with the context of its start, and loaders cache by context: the second
 * event would show the objects of the first. So each event gets a context of its own.
 */
function executeEvent(args: ExecutionArgs, event: unknown): Result {
  const contextValue = { ...(args.contextValue as object) };
  const result = execute({ ...args, rootValue: event, contextValue }) as Result;
  return result instanceof Promise ? result.then(withFewErrors) : withFewErrors(result);
}

function remember({ results }: Group, event: object, made: Made): Result {
  results.set(event, made);
  const { result } = made;
  // Whoever comes after that need not wait.
  if (result instanceof Promise)
    result.then(
      (settled) => {
        made.result = settled;
      },
      () => results.delete(event),
    );
  return result;
}

// ── What makes two subscriptions equal ──────────────────────────────────────────────────────────────────────────────

let documents = 0;
/** Yoga's cache of parsed documents gives the same object for the same text. */
const known = new WeakMap<DocumentNode, { number: number; variables: Map<string, string[]> }>();

function keyOf({ document, operationName, variableValues = {}, contextValue }: ExecutionArgs) {
  const entry = known.get(document) ?? { number: ++documents, variables: new Map<string, string[]>() };
  known.set(document, entry);
  const operation = operationName ?? '';
  const names = entry.variables.get(operation) ?? variablesThatMatter(document, operation);
  entry.variables.set(operation, names);
  // What is left out takes its default, and null does not.
  const values = names.map((name) =>
    variableValues && name in variableValues ? [variableValues[name]] : [],
  );
  return JSON.stringify([entry.number, operation, scopeOf(contextValue), values]);
}

/** Who may see other things must not share results. */
const scopeOf = (context: unknown) => accessOf((context as Context).principal);

/**
 * The arguments of the subscription itself choose the events, and so are in the event already: who follows from another
 * cursor shares. So the resolver that turns an event into the subscription's field must not look at them.
 */
function variablesThatMatter(document: DocumentNode, operationName: string): string[] {
  const operation = getOperationAST(document, operationName || null);
  const names = new Set<string>();
  const ofSubscription = new Set<unknown>(
    operation?.selectionSet.selections.flatMap((field) =>
      field.kind === Kind.FIELD ? (field.arguments ?? []) : [],
    ),
  );
  visit(document, {
    VariableDefinition: () => false,
    Argument: (argument) => (ofSubscription.has(argument) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}
