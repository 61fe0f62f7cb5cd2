import type { Installation } from './installation.ts';
import { latencyRows, type Row } from './measure.ts';
import { type Process, start } from './processes.ts';

/** 20 a second are twice what a job may say; 100 are what ten jobs of one page say, and they must not pile up. */
const CASES = [
  { subscribers: 1, perSecond: 20, events: 150 },
  { subscribers: 200, perSecond: 20, events: 150 },
  { subscribers: 1000, perSecond: 20, events: 100 },
  { subscribers: 1000, perSecond: 100, events: 500 },
];
const WARM_UP = 20;

/** What the page of a training follows (`client/training/queries.ts`). */
const DOCUMENT = /* GraphQL */ `
  subscription TrainingEvents($id: ID!, $after: String) {
    jobEvents(jobId: $id, after: $after) {
      __typename
      cursor
      at
      ... on JobProgressed { metrics { step loss learningRate } }
      ... on SampleAdded { sample { id step promptIndex } }
      ... on JobLogged { level message }
    }
  }
`;

/** When each event was sent (clock of the machine) by its number, and each arrival of one. */
export type Sent = { times: Record<number, number> };
export type Arrived = { arrivals: [seq: number, at: number][]; frame: string };
export type Subscribe = { type: 'subscribe'; url: string; count: number; query: string; variables: object };
export type Collect = { type: 'collect'; frames: number };
export type Write = { events: number; perSecond: number };
export type Broadcast = Write & { frame: string };

/** From the commit of an event to the frame at its subscriber, against the same bytes sent by `ws.send` from memory. */
export async function events(installation: Installation): Promise<Row[]> {
  const writer = await start('bench/events-writer.ts', installation.env);
  const raw = await start('bench/events-peer.ts');
  const rows: Row[] = [];
  for (const { subscribers: count, ...pace } of CASES) {
    const { jobId } = await writer.ask<{ jobId: string }>({ type: 'newJob' });
    const subscribe = { type: 'subscribe', count, query: DOCUMENT, variables: { id: jobId } } as const;
    const { latencies, frame } = await measure({ ...subscribe, url: installation.url }, pace, (write) =>
      writer.ask(write),
    );
    const peer = await measure({ ...subscribe, url: raw.ready.url ?? '' }, pace, (write) =>
      raw.ask({ ...write, frame }),
    );
    const many = count === 1 ? '1 subscriber' : `${count.toLocaleString('en')} subscribers`;
    const name = `event commit → frame, ${many}, ${pace.perSecond}/s`;
    rows.push(...latencyRows(name, latencies, { name: 'ws.send of the same bytes', values: peer.latencies }));
  }
  await writer.stop();
  await raw.stop();
  return rows;
}

async function measure(subscribe: Subscribe, pace: Write, write: (write: Write) => Promise<Sent>) {
  const subscribers = await start('bench/events-subscribers.ts');
  await subscribers.ask(subscribe);
  const run = async (events: number) => {
    const { times } = await write({ ...pace, events });
    const { arrivals, frame } = await collect(subscribers, events * subscribe.count);
    // An arrival before the writer heard of its own commit counts as at once.
    return { latencies: arrivals.map(([seq, at]) => Math.max(0, at - (times[seq] ?? Number.NaN))), frame };
  };
  await run(WARM_UP);
  const measured = await run(pace.events);
  await subscribers.stop();
  return measured;
}

const collect = (subscribers: Process, frames: number) =>
  subscribers.ask<Arrived>({ type: 'collect', frames } satisfies Collect);
