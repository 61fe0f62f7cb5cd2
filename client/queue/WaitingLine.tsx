import { createComputed, createEffect, createMemo, createSignal, on } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { announce } from '../ui/announce.ts';
import { Each } from '../ui/Each.tsx';
import { formatCount } from '../ui/format.ts';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import { CancelAllButton } from './CancelAllButton.tsx';
import { createDrag } from './create-drag.ts';
import { createLine } from './create-line.ts';
import { beforeWhom, type Move, withMoved } from './line-order.ts';
import { type Line, lineName } from './line-words.ts';
import { PagerButtons } from './PagerButtons.tsx';
import styles from './QueuePage.module.css';
import rows from './Rows.module.css';
import { WaitingRow } from './WaitingRow.tsx';

const MoveJob = graphql(`
  mutation MoveJob($input: MoveJobInput!) {
    moveJob(input: $input) {
      __typename
      ... on MoveJobSuccess { job { id place { position } } }
      ... on UserError { message }
    }
  }
`);

type Moved = { id: string; beforeId: string | null; isDone: boolean };

/** What waits in one line, a page at a time, in the order in which it will run; it can be put into another. */
export function WaitingLine(props: { line: Line }) {
  let list: HTMLUListElement | undefined;
  let section: HTMLElement | undefined;
  const line = createLine(() => props.line);
  const moving = createAction(MoveJob);
  /** Shown until the line has come as it is then. */
  const [moves, setMoves] = createSignal<readonly Moved[]>([]);
  createComputed(on(line.jobs, () => setMoves(moves().filter(({ isDone }) => !isDone)), { defer: true }));
  const jobs = createMemo(() =>
    moves().reduce((page, { id, beforeId }) => withMoved(page, id, beforeId), line.jobs()),
  );
  const order = createMemo(() => line.order(jobs()));

  // A row that is put elsewhere in the document loses the focus that was in it, also when it goes to another page.
  let wanted: string | undefined;
  createEffect(
    on(jobs, () => {
      const focused = document.activeElement;
      if (wanted === undefined || !(focused === document.body || list?.contains(focused))) return;
      const button = list?.querySelector<HTMLElement>(wanted);
      if (button !== focused) button?.focus();
      if (button != null && moves().length === 0) wanted = undefined;
    }),
  );

  async function put(id: string, beforeId: string | null): Promise<number | undefined> {
    const title = jobs().find((job) => job.id === id)?.title ?? 'It';
    const move = { id, beforeId, isDone: false };
    setMoves([...moves(), move]);
    const result = (await moving.run({ input: { jobId: id, beforeJobId: beforeId } }))?.moveJob;
    const place = result !== undefined && 'job' in result ? result.job.place?.position : undefined;
    setMoves(
      moves().flatMap((one) => (one !== move ? one : place === undefined ? [] : { ...move, isDone: true })),
    );
    if (place !== undefined) announce(`${title} is now at place ${formatCount(place)}`);
    if (result !== undefined && 'message' in result)
      toast({ kind: 'bad', title: 'It was not moved', message: result.message });
    return place;
  }
  // One after the other: who presses quickly moves it as often.
  let moved = Promise.resolve();
  const move = (id: string, how: Move) => {
    moved = moved.then(() => moveNow(id, how));
  };
  const moveNow = async (id: string, how: Move) => {
    const beforeId = beforeWhom(order(), id, how);
    if (beforeId === undefined) return;
    wanted = `[data-row="${id}"] [data-move="${how}"]`;
    const place = await put(id, beforeId);
    if (place !== undefined) line.follow(place);
  };
  const { drag, start } = createDrag({
    list: () => list,
    onDrop: (id, beforeId) => {
      const { page, ahead } = order();
      const after = page[page.indexOf(id) + 1] ?? null;
      if (beforeId !== after) void put(id, beforeId ?? ahead[0] ?? null);
    },
  });
  const range = () =>
    `${formatCount(line.firstPlace())}–${formatCount(line.firstPlace() + jobs().length - 1)} of ${formatCount(props.line.queued)}`;

  return (
    <section
      ref={section}
      class={styles.line}
      aria-label={`${lineName(props.line.name)} that wait`}
      tabindex="-1"
    >
      <header class={styles.head}>
        <h3 class={styles.subtitle}>
          {lineName(props.line.name)} <span class="muted numbers">{formatCount(props.line.queued)}</span>
        </h3>
        <CancelAllButton line={props.line} />
      </header>
      <Loaded query={line.query} skeleton={<PageSkeleton kind="lines" />}>
        {() => (
          <ul ref={list} class={rows.list} data-dragging={drag() !== undefined}>
            <Each each={jobs()}>
              {(job, index) => (
                <WaitingRow
                  job={job()}
                  place={line.firstPlace() + index()}
                  drag={drag()}
                  canMove={(how) => beforeWhom(order(), job().id, how) !== undefined}
                  onMove={(how) => move(job().id, how)}
                  onGrab={(event) => start(event, job().id)}
                />
              )}
            </Each>
          </ul>
        )}
      </Loaded>
      <PagerButtons pager={line.turning} what={range()} onTurn={() => section?.focus()} />
    </section>
  );
}
