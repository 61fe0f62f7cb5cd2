import { expect, test } from 'vitest';
import { realPhotos } from '#tests/pictures.ts';
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
  const made = { generation: { steps: 10 }, images: [], loras: [], done } as unknown as Made;
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

test('a preview that is broken is left out, and each image has previews of its own', async () => {
  const told: unknown[] = [];
  const run = {
    job: { id: crypto.randomUUID(), steps: 20, elapsedSeconds: 0, startedAt: new Date() },
    record: async ({ events }: { events?: { type: string; data: { index: number } }[] }) => {
      for (const { type, data } of events ?? []) if (type === 'preview') told.push(data.index);
    },
  } as unknown as JobRun;
  const [photo] = await realPhotos();
  const preview = (index: number, image: Uint8Array): GenerationEvent => ({
    ...{ type: 'preview', index, image, mimeType: 'image/jpeg' },
  });
  async function* events() {
    yield preview(0, Buffer.from('no picture'));
    yield preview(1, photo?.bytes ?? Buffer.alloc(0));
    yield preview(2, photo?.bytes ?? Buffer.alloc(0));
  }
  await recordGeneration(
    run,
    { generation: { steps: 10 }, images: [], loras: [], done: 0 } as unknown as Made,
    events(),
  );
  expect(told).toEqual([1, 2]);
});
