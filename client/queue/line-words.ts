import type { JobKind } from '../gql/graphql.ts';
import { formatCount, plural } from '../ui/format.ts';

const KINDS: Record<string, { kind: JobKind; many: string }> = {
  training: { kind: 'TRAINING', many: 'Trainings' },
  generation: { kind: 'GENERATION', many: 'Generations' },
  download: { kind: 'DOWNLOAD', many: 'Downloads' },
};

/** `training.fast-test` → `Trainings`. */
export function lineName(queue: string): string {
  const [kind = ''] = queue.split('.');
  return KINDS[kind]?.many ?? queue;
}

/** What a worker takes, from the names of its queues: `trainings and generations`. */
export function takesWord(queues: readonly string[]): string {
  const names = queues.map((queue) => lineName(queue).toLowerCase());
  return new Intl.ListFormat('en').format([...new Set(names)]);
}

export type Line = { name: string; isPaused: boolean; queued: number; running: number; workers: number };

type State = { tone: 'good' | 'warn' | 'muted'; word: string; meaning: string };

/** How a line is: a word, and what it means for what waits in it. */
export function lineState(line: Line): State {
  if (line.isPaused)
    return { tone: 'warn', word: 'Paused', meaning: 'What runs goes on; nothing new starts.' };
  if (line.workers === 0) {
    const meaning = line.queued === 0 ? 'Nothing would start now.' : 'What waits starts when one is there.';
    return { tone: line.queued === 0 ? 'muted' : 'warn', word: 'No worker takes these', meaning };
  }
  return {
    tone: 'good',
    word: 'Open',
    meaning: `${plural(line.workers, 'worker')} ${takes(line.workers)} these.`,
  };
}

const takes = (workers: number) => (workers === 1 ? 'takes' : 'take');

/** `2 running, 14 waiting`. */
export const lineCounts = ({ queued, running }: Line): string =>
  `${formatCount(running)} running, ${formatCount(queued)} waiting`;

/**
 * Those to show: what the engines of now have, and what still has something in it. A queue of the other mode stays in the database, and
 * so does that of downloads where nobody could take them.
 */
export function linesToShow<T extends Line>(lines: readonly T[], engines: readonly string[]): T[] {
  const isNow = (line: Line) => engines.includes(line.name);
  const isUsed = (line: Line) => line.isPaused || line.queued > 0 || line.running > 0 || line.workers > 0;
  const order = Object.keys(KINDS);
  return lines
    .filter((line) => isNow(line) || isUsed(line))
    .toSorted(
      (a, b) => order.indexOf(a.name.split('.')[0] ?? '') - order.indexOf(b.name.split('.')[0] ?? ''),
    );
}
