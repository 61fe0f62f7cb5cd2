import { failpoint } from '../failpoint.ts';
import { batch } from '../jobs/batch.ts';
import { elapsedSecondsOf, etaOf } from '../jobs/eta.ts';
import type { NewEvent } from '../jobs/record.ts';
import type { JobRun } from '../jobs/run.ts';

export const MEGABYTE = 1e6;
const TELL_EVERY_MS = 500;
const SIGN_EVERY_MS = 5000;
const WINDOW_MS = 10_000;

/** A step is a megabyte, because the number of a step has 32 bits. */
export const stepsOf = (bytes: number) => Math.max(1, Math.ceil(bytes / MEGABYTE));

/** How much is there, told twice a second at most, without keeping the bytes waiting. */
export function progressOf(run: JobRun, bytes: number) {
  const pace = paceOf();
  return batch<number>((told) => {
    const there = told.at(-1) ?? 0;
    failpoint('job.progress');
    return run.record(progress(run, { there, bytes, bytesPerSecond: pace(there) }));
  }, TELL_EVERY_MS);
}

type Progress = { there: number; bytes: number; bytesPerSecond: number | null };

function progress({ job }: JobRun, { there, bytes, bytesPerSecond }: Progress) {
  const set = {
    step: Math.min(stepsOf(bytes), Math.floor(there / MEGABYTE)),
    stepsPerSecond: bytesPerSecond && bytesPerSecond / MEGABYTE,
  };
  const steps = stepsOf(bytes);
  const eta = etaOf({ ...set, steps, elapsedSeconds: elapsedSecondsOf(job) });
  const event: NewEvent = { type: 'progress', data: { ...set, steps, eta, metrics: [], gpu: null } };
  return { set, events: [event] };
}

/** Reading back a large file takes minutes, in which nothing else is told. */
export function signOfLife({ record }: JobRun) {
  let last = performance.now();
  return () => {
    if (performance.now() - last < SIGN_EVERY_MS) return;
    last = performance.now();
    void record({}).catch(() => {});
  };
}

/**
 * Bytes a second over the last seconds; null before there are two points. What was there at the start is not counted, and a source
 * that begins anew is a new start.
 */
export function paceOf(now = () => performance.now()) {
  const points: { at: number; bytes: number }[] = [];
  return (bytes: number): number | null => {
    const at = now();
    if (bytes < (points.at(-1)?.bytes ?? 0)) points.length = 0;
    points.push({ at, bytes });
    while (points.length > 2 && at - (points[0]?.at ?? at) > WINDOW_MS) points.shift();
    const first = points[0] ?? { at, bytes };
    return at > first.at ? (1000 * (bytes - first.bytes)) / (at - first.at) : null;
  };
}
