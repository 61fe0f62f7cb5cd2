import { test } from 'vitest';
import { FAULTS } from './list.ts';

export type FaultNumber = keyof typeof FAULTS;

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultNumber;
    outcome?: string;
  }
}

/** A test of one fault. `prove` resolves to what came of it, in a few words for the table. */
export function fault(
  number: FaultNumber,
  variant: string,
  prove: () => Promise<string>,
  timeoutMs = 150_000,
) {
  const name = `${number} ${FAULTS[number]}${variant === '' ? '' : `: ${variant}`}`;
  // Given beforehand, so that the table has its row also when the test fails.
  test(name, { timeout: timeoutMs, meta: { fault: number } }, async ({ task }) => {
    task.meta.outcome = await prove();
  });
}
