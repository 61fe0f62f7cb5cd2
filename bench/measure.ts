/** One line of the result: what was measured, what it is held against in the same run, and the ratio of both. */
export type Row = { name: string; measured: string; against: string; ratio: string };

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
export const median = (values: number[]) => percentile(values, 0.5);

export const ms = (value: number) =>
  `${value < 100 ? value.toFixed(value < 10 ? 2 : 1) : Math.round(value)} ms`;
export const ratioOf = (measured: number, against: number) => (measured / against).toFixed(2);

/** p50 and p99 of two series of milliseconds, each with its ratio. */
export function latencyRows(
  name: string,
  measured: number[],
  peer: { name: string; values: number[] },
): Row[] {
  return [0.5, 0.99].map((share) => {
    const [ours, theirs] = [percentile(measured, share), percentile(peer.values, share)];
    return {
      name: `${name}, p${100 * share}`,
      measured: ms(ours),
      against: `${ms(theirs)} ${peer.name}`,
      ratio: ratioOf(ours, theirs),
    };
  });
}

export function table(rows: Row[]): string {
  const lines = [{ name: 'benchmark', measured: 'measured', against: 'against', ratio: 'ratio' }, ...rows];
  const widths = (['name', 'measured', 'against', 'ratio'] as const).map((column) =>
    Math.max(...lines.map((line) => line[column].length)),
  );
  return lines
    .map(({ name, measured, against, ratio }) => [name, measured, against, ratio])
    .map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`)
    .toSpliced(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
    .join('\n');
}

/** Milliseconds of a clock that all processes of this machine share. */
export const clock = () => Number(process.hrtime.bigint()) / 1e6;

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
