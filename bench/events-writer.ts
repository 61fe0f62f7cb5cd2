import { jobs } from '#schema/jobs.ts';
import { db, one } from '#server/db.ts';
import { heldBy, recordJob } from '#server/jobs/record.ts';
import type { Sent, Write } from './events.ts';
import { clock, pause } from './measure.ts';
import { answer } from './processes.ts';

/** Writes events as a worker does, in a process of its own. */
let jobId = '';
let step = 0;

async function newJob() {
  const running = {
    kind: 'generation',
    state: 'running',
    attempt: 1,
    engine: 'bench',
    steps: 1_000_000,
  } as const;
  const job = await db
    .insert(jobs)
    .values({ ...running, title: 'Bench', correlationId: 'bench' })
    .returning();
  jobId = one(job).id;
  return { jobId };
}

/** A progress event with the five steps of a tenth of a second, in the usual pace. */
function progress() {
  step += 5;
  const metrics = Array.from({ length: 5 }, (_, i) => ({
    step: step - 4 + i,
    loss: 0.0312 + i / 1e5,
    learningRate: 1e-4,
  }));
  const eta = { seconds: 12.4, lowSeconds: 11.9, highSeconds: 12.9 };
  return {
    type: 'progress',
    data: { step, steps: 1_000_000, stepsPerSecond: 49.8, eta, metrics, gpu: null },
  } as const;
}

async function write({ events, perSecond }: Write): Promise<Sent> {
  const times: Sent['times'] = {};
  let due = clock();
  for (let n = 0; n < events; n++) {
    const event = progress();
    const job = await db.transaction((tx) =>
      recordJob(tx, jobId, { where: heldBy(1), set: { step }, events: [event] }),
    );
    times[job?.lastSeq ?? 0] = clock();
    due += 1000 / perSecond;
    await pause(Math.max(0, due - clock()));
  }
  return { times };
}

answer<{ type: 'newJob' } | Write>({}, (message) => ('events' in message ? write(message) : newJob()));
