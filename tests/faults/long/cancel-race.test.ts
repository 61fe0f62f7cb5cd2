import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { expect } from 'vitest';
import { outputs } from '#schema/generation.ts';
import { fetchNext, queueTopic } from '#server/jobs/queue.ts';
import { type Handler, runJob } from '#server/jobs/run.ts';
import { joinWorkers } from '#server/jobs/workers.ts';
import { outputKey } from '#server/storage/keys.ts';
import { storage } from '#server/storage/volume.ts';
import { startServer } from '../../server.ts';
import { startGeneration } from '../../steps.ts';
import { checkLook } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { newLedger } from '../tools/ledger.ts';

const api = await startServer();
const LINE = 'generation.fast-test';
const sql = postgres(process.env.DATABASE_URL ?? '', { max: 2, onnotice: () => {} });

/** An engine that has its image at once, so that what is left of a job is its end. */
const instant: Handler = async ({ job }) => {
  const bytes = Buffer.from(job.id);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return async (tx) => {
    await storage.write(outputKey({ jobId: job.id, index: 0 }), bytes);
    const picture = { width: 8, height: 8, bytes: bytes.length, sha256, thumbHash: '' };
    await tx.insert(outputs).values({ jobId: job.id, index: 0, seed: 1, ...picture });
  };
};

const CANCEL = `mutation ($input: CancelJobInput!) { cancelJob(input: $input) { __typename } }`;

async function round(worker: Awaited<ReturnType<typeof joinWorkers>>['worker'], afterMs: number) {
  const { id } = await startGeneration(api, { prompt: 'a lake', width: 256, height: 256 });
  const message = await fetchNext([LINE]);
  expect(message?.id).toBe(id);
  if (message === undefined) throw new Error(`Nothing in ${queueTopic(LINE)}.`);
  const shutdown = new AbortController().signal;
  const running = runJob({ message, worker, handlerOf: () => instant, shutdown });
  const cancelling = delay(afterMs).then(() => api.graphql(CANCEL, { input: { jobId: id } }));
  const [{ cancelJob }] = await Promise.all([cancelling, running]);
  const [job] = await sql`select state from jobs where id = ${id}`;
  // What the client was told is what came of it.
  expect(job?.state).toBe(cancelJob.__typename === 'CancelJobSuccess' ? 'cancelled' : 'completed');
  return { id: id as string, state: String(job?.state) };
}

fault(
  18,
  '',
  async () => {
    const ledger = newLedger();
    const { worker, leave } = await joinWorkers([LINE], () => null);
    const ends: string[] = [];
    // Where the ends meet depends on the machine, so the delay walks towards what came too rarely.
    let afterMs = 5;
    for (let i = 0; i < 1000; i++) {
      const { id, state } = await round(worker, afterMs);
      afterMs = Math.max(0, afterMs + (state === 'cancelled' ? 0.5 : -0.5));
      ledger.acknowledged.jobs.add(id);
      ends.push(state);
    }
    await leave();
    const look = {
      sql,
      volume: process.env.VOLUME_ROOT ?? '',
      ledger,
      watches: [],
      processes: [],
      crashes: [],
    };
    await checkLook(() => look, { patienceMs: 0 });
    await sql.end();
    const cancelled = ends.filter((state) => state === 'cancelled').length;
    expect(Math.min(cancelled, 1000 - cancelled)).toBeGreaterThan(50);
    return `${cancelled} cancelled, ${1000 - cancelled} completed, each as its client was told`;
  },
  240_000,
);
