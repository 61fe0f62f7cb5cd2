import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { graphql } from '../gql/index.ts';
import type { Turning } from '../graphql/pager.ts';
import { createPageQuery } from '../graphql/query.ts';
import type { Order } from './line-order.ts';
import type { Line } from './line-words.ts';

const SIZE = 50;
/** To move the first of a page up one has to know the one before it, and to move the last down the two after it. */
const BEFORE = 1;
const AFTER = 2;

/** How often it is asked again when its turn comes: with each step of what runs that is known better. */
const AGAIN_MS = 10_000;

const LineQuery = graphql(`
  query WaitingLine($queue: String!, $first: Int!, $afterPlace: Int!) {
    jobs(states: [QUEUED], queue: $queue, first: $first, afterPlace: $afterPlace) {
      edges { node { id title ...WaitingRow_job } }
    }
    front: jobs(states: [QUEUED], queue: $queue, first: 1) { edges { node { id } } }
  }
`);

/** A page of a line. By places and not by cursors: when somebody moves a job, none falls between two pages. */
export function createLine(line: Accessor<Line>) {
  const [index, setIndex] = createSignal(0);
  const before = () => (index() === 0 ? 0 : BEFORE);
  const query = createPageQuery(LineQuery, () => ({
    queue: line().name,
    first: before() + SIZE + AFTER,
    afterPlace: index() * SIZE - before(),
  }));
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && !line().isPaused) query.refresh();
  }, AGAIN_MS);
  onCleanup(() => clearInterval(timer));
  const all = createMemo(() => query.data()?.jobs.edges.map(({ node }) => node) ?? []);
  /** Of what is shown, which is the page before as long as the next one is on its way. */
  const shown = createMemo(on(all, () => ({ index: index(), before: before() })));
  const jobs = createMemo(() => all().slice(shown().before, shown().before + SIZE));
  // All of this page went meanwhile.
  createEffect(() => {
    if (query.data() !== undefined && jobs().length === 0 && index() > 0)
      setIndex(Math.min(index() - 1, Math.max(0, Math.ceil(line().queued / SIZE) - 1)));
  });

  const turning: Turning = {
    index,
    hasNext: () => all().length > shown().before + SIZE,
    next: () => setIndex(index() + 1),
    previous: () => setIndex(Math.max(0, index() - 1)),
    toFirst: () => setIndex(0),
  };
  return {
    query,
    turning,
    jobs,
    /** Of the first that is shown, from 1. */
    firstPlace: () => shown().index * SIZE + 1,
    /** Goes to the page on which a place is. */
    follow: (place: number) => setIndex(Math.floor((place - 1) / SIZE)),
    order: (page: readonly { id: string }[]): Order => ({
      first: shown().index === 0 ? page[0]?.id : query.data()?.front.edges[0]?.node.id,
      behind: all()[shown().before - 1]?.id,
      page: page.map(({ id }) => id),
      ahead: all()
        .slice(shown().before + SIZE)
        .map(({ id }) => id),
    }),
  };
}
