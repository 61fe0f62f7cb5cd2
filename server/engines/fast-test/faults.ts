import type { TrainingConfig } from '../engine.ts';
import { EngineFailure } from '../failure.ts';

/**
 * How the engine is told to behave in tests and demonstrations, by environment variables alone: nothing that a user
 * can write has a hidden meaning.
 */
export type Behaviour = {
  /** Milliseconds that a step takes at least. */
  stepMs: number;
  fault: Fault | null;
};
export type Fault = { kind: (typeof FAULTS)[number]; step: number };

/** `slow` begins at its step, `lose-output` acts at the end, `deaf` hears no cancel at all, the others happen once, at their step. */
const FAULTS = ['out-of-memory', 'crash', 'hang', 'lose-output', 'slow', 'deaf'] as const;
const DEFAULT_STEP_MS = 20;
const SLOW = 10;

/** Reads `FAST_TEST_STEP_MS` and `FAST_TEST_FAULT` (`crash@20`; without a step it is 1). */
export function readBehaviour(environment: NodeJS.ProcessEnv): Behaviour {
  const given = environment.FAST_TEST_STEP_MS;
  const stepMs = given === undefined || given === '' ? DEFAULT_STEP_MS : Number(given);
  if (!Number.isFinite(stepMs) || stepMs < 0)
    throw new Error(`FAST_TEST_STEP_MS is "${given}", not milliseconds.`);
  return { stepMs, fault: parseFault(environment.FAST_TEST_FAULT ?? '') };
}

function parseFault(text: string): Fault | null {
  if (text === '') return null;
  const [name, step = '1'] = text.split('@');
  const kind = FAULTS.find((fault) => fault === name);
  if (kind === undefined || !/^\d+$/.test(step)) {
    throw new Error(`FAST_TEST_FAULT is "${text}"; it is one of ${FAULTS.join(', ')}, with @step.`);
  }
  return { kind, step: Number(step) };
}

/** How long `step` takes at least, in milliseconds. */
export const paceOf = ({ stepMs, fault }: Behaviour, step: number) =>
  fault?.kind === 'slow' && step >= fault.step ? stepMs * SLOW : stepMs;

/** Fails as asked when its step has come; `untilAborted` is what a hanging thread waits for. */
export async function failAt(of: {
  behaviour: Behaviour;
  step: number;
  untilAborted: Promise<void>;
  outOfMemory: { message: string; advice: string; suggestion?: Partial<TrainingConfig> };
}): Promise<void> {
  const { fault } = of.behaviour;
  if (fault?.step !== of.step) return;
  if (fault.kind === 'out-of-memory') throw new EngineFailure({ code: 'OUT_OF_MEMORY', ...of.outOfMemory });
  // In a worker thread this ends the thread alone, at once, like a signal ends a process.
  if (fault.kind === 'crash') process.exit(137);
  if (fault.kind === 'hang') await of.untilAborted;
}
