import type { TrainingEvent } from '../engine.ts';
import type { BarStep } from './bars.ts';

type Step = Extract<TrainingEvent, { type: 'step' }>;

/** How many steps the bar may be ahead of the log, and for how long, before the log is taken to be dead. */
const AHEAD = { steps: 3, ms: 5000 };
/** Speed is that of the last half minute. */
const WINDOW_MS = 30_000;

export type Steps = {
  bar(step: BarStep): void;
  /** Null when there is no log. */
  log(rows: BarStep[] | null): void;
  /** Tells what is sure by now. */
  tell(): void;
  /** Tells all up to this one, with the best numbers that there are. */
  tellUpTo(step: number): void;
  /** Tells all that is known, whichever source it is from. */
  tellAll(): void;
  readonly told: number;
  /** The newest step of which any source has numbers. */
  readonly known: number;
  /** The newest whose numbers will not become better. */
  readonly sure: number;
  readonly loss: number | null;
  /** The first step whose loss is not a number. */
  readonly broken: number | null;
};

/**
 * Steps from two sources, told once each and in order, without a hole. The log is exact and comes in bursts; the bar comes at
 * once with four digits, and is all there is with an older AI-Toolkit. The bar alone has the first step of a run.
 */
export function stepsAfter(
  after: number,
  total: number,
  emit: (step: Step) => void,
  now = () => performance.now(),
): Steps {
  const waiting = new Map<number, BarStep>();
  const newest = { bar: after, log: after };
  let told = after;
  let last: BarStep | null = null;
  let broken: number | null = null;
  let hasLog = false;
  let aheadSince: number | null = null;
  const times: { step: number; at: number }[] = [];

  function take(row: BarStep, from: 'bar' | 'log') {
    newest[from] = Math.max(newest[from], row.step);
    if (!Number.isFinite(row.loss)) broken = Math.min(broken ?? row.step, row.step);
    if (row.step > told && row.step <= total && (from === 'log' || !waiting.has(row.step)))
      waiting.set(row.step, row);
  }

  function speed(): number | null {
    const at = now();
    times.push({ step: told, at });
    while (times.length > 2 && at - (times[0]?.at ?? at) > WINDOW_MS) times.shift();
    const [oldest] = times;
    return oldest === undefined || at - oldest.at < 1
      ? null
      : (1000 * (told - oldest.step)) / (at - oldest.at);
  }

  function tellUpTo(step: number) {
    // No chart can show what is not a number, and nothing is learned after it.
    const end = Math.min(step, total, (broken ?? Infinity) - 1);
    if (end <= told) return;
    const steps = Array.from({ length: end - told }, (_, i) => waiting.get(told + 1 + i));
    // A step without numbers (its batch did not fit into memory) has those of the next one, or else of the one before.
    for (let i = steps.length - 2; i >= 0; i--) steps[i] ??= steps[i + 1];
    const values: BarStep[] = [];
    for (const [i, value = values.at(-1) ?? last] of steps.entries())
      if (value != null) values.push({ ...value, step: told + 1 + i });
    if (values.length < steps.length) return;
    for (const { step } of values) waiting.delete(step);
    told = end;
    const stepsPerSecond = speed();
    for (const value of values) emit({ type: 'step', ...value, stepsPerSecond });
    last = values.at(-1) ?? last;
  }

  const known = () => Math.max(newest.bar, newest.log);

  function sure(): number {
    const isAhead = hasLog && newest.bar - newest.log >= AHEAD.steps;
    aheadSince = isAhead ? (aheadSince ?? now()) : null;
    const isDead = aheadSince !== null && now() - aheadSince > AHEAD.ms;
    return hasLog && !isDead ? newest.log : known();
  }

  return {
    bar: (step) => take(step, 'bar'),
    log(rows) {
      hasLog ||= rows !== null;
      for (const row of rows ?? []) take(row, 'log');
    },
    tell: () => tellUpTo(sure()),
    tellUpTo,
    tellAll: () => tellUpTo(known()),
    get told() {
      return told;
    },
    get known() {
      return known();
    },
    get sure() {
      return sure();
    },
    get loss() {
      return last?.loss ?? null;
    },
    get broken() {
      return broken;
    },
  };
}
