import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { type Lab, startLab } from '../tools/lab.ts';
import { newGeneration } from '../tools/work.ts';

/** Copies a waiting generation until so many wait: what creating them one by one would have made. */
async function fillLine(lab: Lab, templateId: string, count: number) {
  const tables = [
    ['jobs', 'id'],
    ['generations', 'job_id'],
    ['job_events', 'job_id'],
    ['pgboss.job', 'id'],
  ] as const;
  const [{ queued } = { queued: 0 }] =
    await lab.sql`select count(*)::int as queued from jobs where state = 'queued'`;
  const ids = (await lab.sql`select uuidv7() as id from generate_series(1, ${count - queued})`).map(
    ({ id }) => id,
  );
  await lab.sql.begin(async (tx) => {
    for (const [table, key] of tables)
      await tx`
        insert into ${tx(table)}
        select (jsonb_populate_record(template, jsonb_build_object(${key}::text, copy.id))).*
        from ${tx(table)} as template, unnest(${ids}::uuid[]) as copy(id)
        where template.${tx(key)} = ${templateId}`;
  });
  await lab.sql`analyze`;
  for (const id of ids) lab.ledger.acknowledged.jobs.add(id);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The quickest of many: what else the machine does only ever adds to it. */
async function listMs(lab: Lab) {
  const document = `{ jobs(states: [QUEUED], first: 50) { edges { node { id state place { position } } } } }`;
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    expect((await lab.graphql(document)).jobs.edges).toHaveLength(50);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

/** From the end of one job to the start of the next. */
async function claimMs(lab: Lab) {
  const [{ before } = { before: null }] = await lab.sql`select now() as before`;
  const worker = await lab.startWorker();
  const done = async () =>
    (await lab.sql`
      select extract(epoch from started_at - lag(finished_at) over (order by started_at)) * 1000 as ms
      from jobs where started_at > ${before} and finished_at is not null`) as { ms: string | null }[];
  await until(async () => (await done()).length > 20, 'some are done', { seconds: 60 });
  worker.kill('SIGTERM');
  await exitOf(worker);
  return median((await done()).flatMap(({ ms }) => (ms === null ? [] : Number(ms))));
}

fault(
  25,
  '',
  async () => {
    await using lab = await startLab({ worker: false });
    const template = await newGeneration(lab);
    await fillLine(lab, template.id, 100);
    const few = { list: await listMs(lab), claim: await claimMs(lab) };
    const [waiting] = await lab.sql`select id from jobs where state = 'queued' order by id desc limit 1`;
    await fillLine(lab, waiting?.id, 10_000);
    const many = { list: await listMs(lab), claim: await claimMs(lab) };

    const document = `mutation { cancelAllJobs(input: {}) { ... on CancelAllJobsSuccess { jobs { cancelled } } } }`;
    const { cancelled } = (await lab.graphql(document)).cancelAllJobs.jobs;
    expect(cancelled).toBeGreaterThan(9900);
    const [{ left } = { left: -1 }] =
      await lab.sql`select count(*)::int as left from jobs where state = 'queued'`;
    expect(left).toBe(0);
    await checkInvariants(lab);
    const ratio = (what: 'list' | 'claim') => many[what] / few[what];
    // Numbering a line is one pass along its index, so a hundred times as many cost something, but not a hundred times as much.
    expect(ratio('list')).toBeLessThan(10);
    expect(ratio('claim')).toBeLessThan(3);
    const told = (what: 'list' | 'claim') => `${what} ${ratio(what).toFixed(1)} times that of 100`;
    return `${told('list')}, ${told('claim')}; ${cancelled} cancelled at once`;
  },
  180_000,
);
