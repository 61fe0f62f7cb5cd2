import type { JobKind } from '../gql/graphql.ts';
import { formatBytes, formatCount } from '../ui/format.ts';

const MEGABYTE = 1e6;

/** How far a job is, in what its steps are: `120 / 1,000`, or of a download `1.2 GB / 6.9 GB`. */
export function stepsWord({ kind, step, steps }: { kind: JobKind; step: number; steps: number }): string {
  const word = kind === 'DOWNLOAD' ? (count: number) => formatBytes(count * MEGABYTE) : formatCount;
  return `${word(step)} / ${word(steps)}`;
}
