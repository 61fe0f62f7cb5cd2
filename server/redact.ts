import { describeError } from './describe-error.ts';
import { REDACTED, redactText } from './redact-text.ts';
import { isSecretName, isSecretValue } from './secret-names.ts';

const MAX_DEPTH = 10;
/** Of one object or list. */
const MAX_ITEMS = 100;
/** Of a whole line, however it is shared out. */
const MAX_VALUES = 1_000;
const MAX_CHARACTERS = 50_000;
/** Secrets are longer than what most fields are called. */
const MAX_PLAIN_NAME = 16;
const MAX_NAME = 200;

const UNREADABLE = '[unreadable]';

/** What a line has room for yet, and the objects that one is inside of. */
type Walk = { values: number; characters: number; within: Set<object> };

/**
 * What may be written of a value: plain data without secrets, never endless, and nothing that throws when it is serialised. Of errors only
 * what `describeError` lists.
 */
export function redact(value: unknown): unknown {
  return walk(value, { values: MAX_VALUES, characters: MAX_CHARACTERS, within: new Set() });
}

function walk(value: unknown, state: Walk): unknown {
  if (state.values-- <= 0) return '[…]';
  switch (typeof value) {
    case 'string': {
      const text = redactText(value);
      const kept =
        text.length <= state.characters ? text : `${text.slice(0, Math.max(0, state.characters))}…`;
      state.characters -= kept.length;
      return kept;
    }
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : inside(value, state);
    default:
      // As JSON has it: functions, symbols and undefined are nothing.
      return undefined;
  }
}

function inside(value: object, state: Walk): unknown {
  if (state.within.has(value)) return '[circular]';
  if (state.within.size >= MAX_DEPTH) return '[deep]';
  state.within.add(value);
  try {
    return ofObject(value, state);
  } catch {
    return UNREADABLE;
  } finally {
    state.within.delete(value);
  }
}

function ofObject(value: object, state: Walk): unknown {
  if (value instanceof Error) return walk(describeError(value), state);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return fields(entriesOf(value), state);
  if (Array.isArray(value) || value instanceof Set) return items(value, state);
  if ('toJSON' in value && typeof value.toJSON === 'function') return walk(value.toJSON(), state);
  if (value instanceof URLSearchParams || value instanceof RegExp) return walk(String(value), state);
  return fields(propertiesOf(value), state);
}

/** A name, and how to get at what stands under it, which may throw. */
type Entry = [unknown, () => unknown];

function* entriesOf(map: Map<unknown, unknown>): Generator<Entry> {
  for (const [key, value] of map) yield [key, () => value];
}

function* propertiesOf(value: object): Generator<Entry> {
  for (const name of Object.keys(value)) yield [name, () => (value as Record<string, unknown>)[name]];
}

function items(values: Iterable<unknown>, state: Walk): unknown[] {
  const result: unknown[] = [];
  for (const value of values) {
    if (result.length >= MAX_ITEMS || state.values <= 0) return [...result, '[…]'];
    result.push(walk(value, state) ?? null);
  }
  return result;
}

function fields(entries: Iterable<Entry>, state: Walk): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let count = 0;
  for (const [key, get] of entries) {
    if (count++ >= MAX_ITEMS || state.values <= 0) {
      result['…'] = '[…]';
      break;
    }
    const name = nameOf(key);
    const value = read(get);
    const told = isSecretName(name) && isSecretValue(name, value) ? REDACTED : walk(value, state);
    if (told !== undefined) result[name] = told;
  }
  return result;
}

function nameOf(key: unknown): string {
  const name = String(key);
  return name.length <= MAX_PLAIN_NAME ? name : redactText(name).slice(0, MAX_NAME);
}

function read(get: () => unknown): unknown {
  try {
    return get();
  } catch {
    return UNREADABLE;
  }
}
