import { A } from '@solidjs/router';
import ChevronDown from 'lucide-solid/icons/chevron-down';
import ChevronUp from 'lucide-solid/icons/chevron-up';
import ChevronsUp from 'lucide-solid/icons/chevrons-up';
import GripVertical from 'lucide-solid/icons/grip-vertical';
import { For, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { jobHref } from '../shell/job-link.ts';
import { Button } from '../ui/Button.tsx';
import { formatCount } from '../ui/format.ts';
import { now, Time } from '../ui/Time.tsx';
import { CancelJobButton } from './CancelJobButton.tsx';
import type { Drag } from './create-drag.ts';
import { expectedClock, expectedStart } from './expected-start.ts';
import type { Move } from './line-order.ts';
import { placeWord } from './place.ts';
import rows from './Rows.module.css';

const Job = graphql(`
  fragment WaitingRow_job on Job {
    id
    kind
    state
    title
    step
    attempt
    createdAt
    place { position expectedStartAt earliestStartAt latestStartAt waitsFor { reason message until } }
  }
`);

const MOVES = [
  { move: 'first', word: 'to the front', icon: ChevronsUp },
  { move: 'up', word: 'up', icon: ChevronUp },
  { move: 'down', word: 'down', icon: ChevronDown },
] as const;

/** A job in its line: its place, what it waits for, when its turn comes, and the ways to another place. */
export function WaitingRow(props: {
  job: FragmentType<typeof Job>;
  /** From 1, in the order that is shown. */
  place: number;
  drag: Drag | undefined;
  canMove: (move: Move) => boolean;
  onMove: (move: Move) => void;
  onGrab: (event: PointerEvent & { currentTarget: HTMLElement }) => void;
}) {
  const job = () => useFragment(Job, props.job);
  const isDragged = () => props.drag?.id === job().id;
  const shift = () => (isDragged() ? props.drag?.by : props.drag?.shiftOf(job().id));
  const isHeld = () => ['RETRY', 'DISK_SPACE'].includes(job().place?.waitsFor.reason ?? '');
  return (
    <li
      class={rows.row}
      data-kind="waiting"
      data-row={job().id}
      data-dragged={isDragged()}
      style={props.drag === undefined ? undefined : { translate: `0 ${shift()}px` }}
    >
      <Show when={can('WRITE_JOBS')}>
        <span class={rows.grip} title="Drag to another place" onPointerDown={(event) => props.onGrab(event)}>
          <GripVertical size={16} aria-hidden="true" />
        </span>
      </Show>
      <span class={`${rows.place} mono`}>
        <span class="srOnly">Place </span>
        {formatCount(props.place)}
      </span>
      <div class={rows.what}>
        <A href={jobHref(job())} class={rows.title}>
          {job().title}
        </A>
        <Show when={isHeld()}>
          <p class={rows.small}>{job().place?.waitsFor.message}</p>
        </Show>
      </div>
      <span class={`${rows.state} numbers`} title={expectedClock(job().place)}>
        <Show
          when={expectedStart(job().place, now())}
          fallback={
            <span class={rows.small}>
              {job().place?.waitsFor.reason === 'TURN' ? 'Start not known yet' : placeWord(job().place)}
            </span>
          }
        >
          {(start) => <span>Starts {start()}</span>}
        </Show>
      </span>
      <span class={`${rows.when} numbers`}>
        In line <Time at={job().createdAt} />
        <Show when={job().attempt > 0}>, begun before</Show>
      </span>
      <div class={rows.actions}>
        <Show when={can('WRITE_JOBS')}>
          <For each={MOVES}>
            {({ move, word, icon }) => (
              // Not `disabled`: that would take the focus from who moves it there.
              <Button
                kind="quiet"
                size="small"
                icon={icon}
                label={`Move ${job().title} ${word}`}
                aria-disabled={!props.canMove(move)}
                data-move={move}
                onClick={() => props.onMove(move)}
              />
            )}
          </For>
        </Show>
        <CancelJobButton job={job()} />
      </div>
    </li>
  );
}
