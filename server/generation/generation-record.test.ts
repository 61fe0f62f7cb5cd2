import { expect, test } from 'vitest';
import type { GenerationEvent } from '../engines/engine.ts';
import type { JobRun } from '../jobs/run.ts';
import { recordGeneration } from './generation-record.ts';

type Made = Parameters<typeof recordGeneration>[1];

/** The steps of the job that are written for what an engine tells. */
async function stepsOf(events: GenerationEvent[], done: number): Promise<unknown[]> {
  const written: unknown[] = [];
  const run = {
    job: { id: crypto.randomUUID(), steps: 40, elapsedSeconds: 0, startedAt: new Date() },
    record: async ({ set }: { set?: { step?: number } }) => {
      if (set?.step !== undefined) written.push(set.step);
    },
  } as unknown as JobRun;
  const made = { generation: { steps: 10 }, loras: [], done } as unknown as Made;
  async function* told() {
    for (const event of events) {
      yield event;
      // What is no step is written at once, and everything before it first.
      yield { type: 'log', level: 'info', message: '.' } satisfies GenerationEvent;
    }
  }
  await recordGeneration(run, made, told());
  return written;
}

const step = (index: number, at: number) => ({ type: 'step', index, step: at, steps: 10 }) as const;

test('images that are made at once count together, and what began again does not go back', async () => {
  expect(await stepsOf([step(1, 3), step(2, 4), step(1, 6), step(2, 1), step(2, 10)], 1)).toEqual([
    13, 17, 20, 20, 26,
  ]);
});
